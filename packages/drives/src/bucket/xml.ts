/** What S3 answers in XML, of which Sheaf needs four shapes. The parser resolves no entities but XML's own five and refuses what is not well-formed. */
import { parseXml, XmlElement } from "@rgrove/parse-xml";

/** One page of a listing. */
export interface ListingPage {
  readonly keys: readonly string[];
  /** Asks for the next page; absent on the last one. */
  readonly next?: string;
}

/** Reads the answer of ListObjectsV2; `undefined` when it is none. */
export function parseListing(text: string): ListingPage | undefined {
  const root = rootOf(text, "ListBucketResult");
  if (!root) return undefined;
  const keys = elements(root, "Contents").map(content => childText(content, "Key"));
  if (keys.some(key => key === undefined)) return undefined;
  const isEncoded = childText(root, "EncodingType") === "url";
  const decoded = keys.map(key => (isEncoded ? decodeURIComponent((key ?? "").replaceAll("+", " ")) : (key ?? "")));
  if (childText(root, "IsTruncated") !== "true") return { keys: decoded };
  const next = childText(root, "NextContinuationToken");
  return next ? { keys: decoded, next } : undefined;
}

/** Reads the answer of CreateMultipartUpload: the id of the upload. */
export function parseUploadId(text: string): string | undefined {
  const root = rootOf(text, "InitiateMultipartUploadResult");
  return root && (childText(root, "UploadId") || undefined);
}

/** Says whether CompleteMultipartUpload was done: S3 may answer 200 and tell of an error in the body. */
export function isCompletion(text: string): boolean {
  return rootOf(text, "CompleteMultipartUploadResult") !== undefined;
}

/** Reads the code of an error, such as `NoSuchKey`; empty when the body is no error of S3. */
export function parseErrorCode(text: string): string {
  const root = rootOf(text, "Error");
  return (root && childText(root, "Code")) ?? "";
}

/** Writes the body of CompleteMultipartUpload: parts by number, from 1, each with its entity tag. */
export function printParts(tags: readonly string[]): string {
  const parts = tags.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`);
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join("")}</CompleteMultipartUpload>`;
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, character => `&#${character.charCodeAt(0)};`);
}

function rootOf(text: string, name: string): XmlElement | undefined {
  try {
    const { root } = parseXml(text);
    return root?.name === name ? root : undefined;
  } catch {
    return undefined;
  }
}

function elements(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child): child is XmlElement => child instanceof XmlElement && child.name === name);
}

function childText(parent: XmlElement, name: string): string | undefined {
  return elements(parent, name)[0]?.text;
}
