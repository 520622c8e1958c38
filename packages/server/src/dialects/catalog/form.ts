/** Uploads as forms (`multipart/form-data`), for SDKs that send files so. */
import { badInput, joinBytes } from "@sheaf/core";
import type { Call } from "../../call.js";
import { HttpError } from "../../problem.js";

/** A part that is a file. */
export interface FormFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, FormFile>;
}

/** Most bytes of a form, which is held in memory. */
const maxFormBytes = 512 * 2 ** 20;

/** Reads the body as a form. A boundary that the header does not tell is taken from the first line. Throws bad-input, or `too-large`. */
export async function readForm(call: Call): Promise<Form> {
  const body = await gathered(call.bytes(), maxFormBytes);
  const given = call.request.headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\b/i.test(given)) throw badInput("the body is to be multipart/form-data");
  const type = /boundary=/i.test(given) ? given : `multipart/form-data; boundary=${firstBoundary(body)}`;
  const fields = new Map<string, string>();
  const files = new Map<string, FormFile>();
  for (const [name, value] of await partsOf(body, type)) {
    if (typeof value === "string") fields.set(name, value);
    else files.set(name, { name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) });
  }
  return { fields, files };
}

async function partsOf(body: Uint8Array, type: string): Promise<FormData> {
  try {
    return await new Response(body as BodyInit, { headers: { "content-type": type } }).formData();
  } catch {
    throw badInput("the body is no multipart/form-data as its Content-Type says");
  }
}

/** The bytes of a form, at most so many. Throws `too-large`. */
export async function gathered(parts: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  let length = 0;
  for await (const part of parts) {
    length += part.length;
    if (length > most) throw new HttpError(413, "too-large", `the form is larger than ${most} bytes`);
    all.push(part);
  }
  return joinBytes(all);
}

/** The bytes of a file as parsers take them. */
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function firstBoundary(body: Uint8Array): string {
  const line = new TextDecoder("latin1").decode(body.subarray(0, 256)).split(/\r?\n/, 1)[0];
  const boundary = /^--([\w'()+,./:=?-]{1,70})$/.exec(line)?.[1];
  if (boundary === undefined) throw badInput("the multipart/form-data has no boundary");
  return boundary;
}
