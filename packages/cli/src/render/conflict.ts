/** Conflicts as lines for people, and as JSON. */
import type { Conflict, Value } from "@sheaf/core";
import { visible, type Paint } from "./paint.js";
import { inline } from "./value.js";

/** A conflict as a JSON value; a side that does not have the value is left out. */
export function conflictValue({ dataset, id, pointer, base, ours, theirs }: Conflict): { [name: string]: Value } {
  const members = { dataset, id, pointer, base, ours, theirs };
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, Value] => member[1] !== undefined),
  );
}

/** Where the conflict is, and what each side has there. */
export function conflictLines(conflict: Conflict & { readonly resolved?: boolean }, paint: Paint): string[] {
  const { base, ours, theirs, resolved } = conflict;
  const head = resolved ? paint.green(`✓ ${conflictName(conflict)}`) : paint.red(`! ${conflictName(conflict)}`);
  return [head, `    base    ${inline(base)}`, `    ours    ${inline(ours)}`, `    theirs  ${inline(theirs)}`];
}

/** `qa q7 /answer`, the words that `sheaf resolve` takes. */
export function conflictName({ dataset, id, pointer }: Conflict): string {
  return [dataset || "(file)", id, pointer]
    .filter(part => part !== undefined && part !== "")
    .map(part => visible(part ?? ""))
    .join(" ");
}
