/** Git's commits and annotated tags ↔ the bodies of their objects; every byte of what is read prints back. */
import { badInput, type Place } from "@sheaf/core";
import { parseHeaded, printHeaded, textField, type Field } from "./header.js";
import type { ObjectType, Oid } from "./object.js";
import { isOid } from "./oid.js";

/** A commit. Signatures are as they stand; `parseSignature` reads them. */
export interface GitCommit {
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly author: Uint8Array;
  readonly committer: Uint8Array;
  /** The lines behind the committer's, in order: `encoding`, `gpgsig`, `mergetag`, `sheaf` and whatever else. */
  readonly extra: readonly Field[];
  /** What stands below the empty line; absent when there is no empty line. */
  readonly message?: Uint8Array;
}

/** An annotated tag. */
export interface GitTag {
  readonly object: Oid;
  readonly type: ObjectType;
  readonly name: Uint8Array;
  /** Absent in some very old tags. */
  readonly tagger?: Uint8Array;
  readonly extra: readonly Field[];
  readonly message?: Uint8Array;
}

const types: ReadonlySet<string> = new Set<ObjectType>(["commit", "tree", "blob", "tag"]);

/** Prints the body of a commit. */
export function printCommit({ tree, parents, author, committer, extra, message }: GitCommit): Uint8Array {
  const fields = [
    textField("tree", tree),
    ...parents.map(parent => textField("parent", parent)),
    { name: "author", value: author },
    { name: "committer", value: committer },
    ...extra,
  ];
  return printHeaded({ fields, ...(message && { message }) });
}

/** Reads the body of a commit. Throws bad-input when it does not begin with a tree, parents, author and committer in this order. */
export function parseCommit(body: Uint8Array, place: Place = {}): GitCommit {
  const { fields, message } = parseHeaded(body, place);
  const reader = new FieldReader("commit", fields, place);
  const tree = reader.oid("tree");
  const parents: Oid[] = [];
  while (reader.next === "parent") parents.push(reader.oid("parent"));
  const author = reader.value("author");
  const committer = reader.value("committer");
  return { tree, parents, author, committer, extra: reader.rest(), ...(message && { message }) };
}

/** Prints the body of an annotated tag. */
export function printTag({ object, type, name, tagger, extra, message }: GitTag): Uint8Array {
  const fields = [textField("object", object), textField("type", type), { name: "tag", value: name }];
  if (tagger) fields.push({ name: "tagger", value: tagger });
  return printHeaded({ fields: [...fields, ...extra], ...(message && { message }) });
}

/** Reads the body of an annotated tag. Throws bad-input when it does not begin with object, type and tag in this order. */
export function parseTag(body: Uint8Array, place: Place = {}): GitTag {
  const { fields, message } = parseHeaded(body, place);
  const reader = new FieldReader("tag", fields, place);
  const object = reader.oid("object");
  const type = reader.text("type");
  if (!isType(type)) throw badInput(`the git tag is of ${JSON.stringify(type)}, which is no kind of object`, place);
  const name = reader.value("tag");
  const tagger = reader.next === "tagger" ? reader.value("tagger") : undefined;
  return { object, type, name, ...(tagger && { tagger }), extra: reader.rest(), ...(message && { message }) };
}

function isType(text: string): text is ObjectType {
  return types.has(text);
}

/** Takes the lines of a head one after another. */
class FieldReader {
  private at = 0;

  constructor(
    private readonly what: string,
    private readonly fields: readonly Field[],
    private readonly place: Place,
  ) {}

  get next(): string | undefined {
    return this.fields[this.at]?.name;
  }

  value(name: string): Uint8Array {
    const field = this.fields[this.at++];
    if (field?.name !== name || !field.value)
      throw badInput(`the git ${this.what} has no ${name} where one must stand`, this.place);
    return field.value;
  }

  text(name: string): string {
    return String.fromCharCode(...this.value(name).subarray(0, 1000));
  }

  oid(name: string): Oid {
    const value = this.value(name);
    const text = value.length === 40 ? String.fromCharCode(...value) : "";
    if (!isOid(text)) throw badInput(`the git ${this.what} names its ${name} by no object name`, this.place);
    return text;
  }

  rest(): Field[] {
    return this.fields.slice(this.at);
  }
}
