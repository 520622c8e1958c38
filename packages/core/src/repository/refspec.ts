/** `source:destination`: which ref goes to which, as git writes it. */
import { badInput } from "../errors.js";

/** A parsed refspec. Both sides are as they were written; `source` is empty for a deletion. */
export interface Refspec {
  readonly source: string;
  readonly destination?: string;
  /** A `+` stood in front: the destination may be overwritten. */
  readonly isForced: boolean;
}

/** Reads a refspec. Throws bad-input for what is none. */
export function parseRefspec(text: string): Refspec {
  const isForced = text.startsWith("+");
  const parts = (isForced ? text.slice(1) : text).split(":");
  const [source, destination] = parts;
  const isEmpty = source === "" && (destination ?? "") === "";
  if (parts.length > 2 || isEmpty || text.includes("*"))
    throw badInput(
      `${JSON.stringify(text)} is not a ref or a refspec; write a branch or tag, or source:destination, without *`,
    );
  return { source, isForced, ...(destination === undefined || destination === "" ? {} : { destination }) };
}

/** The full names that a short one may mean, in the order in which they are tried. */
export function fullNames(name: string): string[] {
  return name.startsWith("refs/") ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`];
}

/** A ref without `refs/heads/` and the like, for people. */
export function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|remotes)\//, "").replace(/^refs\//, "");
}
