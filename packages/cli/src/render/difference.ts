/** Differences between two versions: as lines for people, and as JSON. */
import {
  applyPatch,
  isObject,
  parsePointer,
  printJson,
  type Difference,
  type DiffStat,
  type Operation,
  type Value,
} from "@sheaf/core";
import { printMembers, record } from "../record.js";
import { visible, type Paint } from "./paint.js";
import { grouped } from "./quantity.js";
import { change, inline } from "./value.js";

/** One difference as a JSON object; its members are those of the library's `Difference`, its kind first. */
export function differenceJson(difference: Difference): string {
  const { kind, ...rest } = difference;
  return record({ kind, ...(rest as unknown as { [name: string]: Value }) });
}

/** Counts as one JSON object, keyed by dataset path. */
export function statJson(stat: DiffStat): string {
  return printMembers(
    Object.entries(stat).map(([dataset, { added, removed, changed, moved }]) => [
      dataset,
      record({ added, removed, changed, moved }),
    ]),
  );
}

/** Counts for people: `qa  +71 -0 ~49`. */
export function statLines(stat: DiffStat, paint: Paint): string[] {
  return Object.entries(stat).map(
    ([dataset, counts]) => `${paint.bold(visible(dataset))}  ${countsText(counts, paint)}`,
  );
}

/** `71 added, 49 changed`; what is zero is left out. */
export function countsText(counts: DiffStat[string], paint: Paint): string {
  const { added, removed, changed, moved } = counts;
  const parts = [
    added > 0 && paint.green(`${grouped(added)} added`),
    removed > 0 && paint.red(`${grouped(removed)} removed`),
    changed > 0 && paint.yellow(`${grouped(changed)} changed`),
    moved > 0 && paint.blue(`${grouped(moved)} moved`),
  ];
  return parts.filter(Boolean).join(", ") || "no rows differ";
}

/** Prints differences line by line, a heading for each dataset. Keep one for a whole diff. */
export class DifferencePrinter {
  #dataset: string | undefined;

  constructor(readonly paint: Paint) {}

  /** The lines of one difference. */
  lines(difference: Difference): string[] {
    const { paint } = this;
    switch (difference.kind) {
      case "file-added":
        return [paint.green(`+ file ${visible(difference.file)}`)];
      case "file-removed":
        return [paint.red(`- file ${visible(difference.file)}`)];
      case "file-changed":
        return [paint.yellow(`~ file ${visible(difference.file)}`)];
      default:
        return [...this.#heading(difference.dataset), ...this.#inDataset(difference)];
    }
  }

  #heading(dataset: string): string[] {
    if (dataset === this.#dataset) return [];
    const gap = this.#dataset === undefined ? [] : [""];
    this.#dataset = dataset;
    return [...gap, this.paint.bold(`dataset ${visible(dataset)}`)];
  }

  #inDataset(difference: Extract<Difference, { dataset: string }>): string[] {
    const { paint } = this;
    switch (difference.kind) {
      case "dataset-added":
        return [paint.green(`+ new dataset, ${rowsText(difference.count)}`)];
      case "dataset-removed":
        return [paint.red(`- dataset removed, ${rowsText(difference.count)}`)];
      case "dataset-renamed":
        return [paint.yellow(`~ renamed from ${visible(difference.from)}`)];
      case "meta-changed":
        return [
          paint.yellow("~ metadata"),
          ...difference.patch.map(operation => operationLine(operation, undefined, paint)),
        ];
      case "added":
        return [`${paint.green(`+ ${visible(difference.id)}`)}  ${inline(difference.item)}`];
      case "removed":
        return [`${paint.red(`- ${visible(difference.id)}`)}  ${inline(difference.item)}`];
      case "moved":
        return [`${paint.blue(`> ${visible(difference.id)}`)}  moved`];
      case "changed": {
        const head = paint.yellow(`~ ${visible(difference.id)}`) + (difference.moved ? paint.blue("  moved") : "");
        return [head, ...patchLines(difference.patch, difference.before, paint)];
      }
    }
  }
}

function rowsText(count: number): string {
  return `${grouped(count)} row${count === 1 ? "" : "s"}`;
}

/** The operations of a patch, a line each, with the values that they take away. */
function patchLines(patch: readonly Operation[], before: Value, paint: Paint): string[] {
  let now = before;
  return patch.map((operation, i) => {
    const line = operationLine(operation, valueAt(now, operation.path), paint);
    if (i + 1 < patch.length) now = applyPatch(now, [operation]);
    return line;
  });
}

function operationLine(operation: Operation, old: Value | undefined, paint: Paint): string {
  const path = `    ${paint.cyan(visible(operation.path || "/"))}  `;
  switch (operation.op) {
    case "add":
      return `${path}${paint.green(`+ ${inline(operation.value)}`)}`;
    case "remove":
      return `${path}${paint.red(old === undefined ? "removed" : `- ${inline(old)}`)}`;
    case "replace":
      return (
        path + (old === undefined ? `→ ${paint.green(inline(operation.value))}` : change(old, operation.value, paint))
      );
    case "move":
    case "copy":
      return `${path}${operation.op === "move" ? "moved" : "copied"} from ${paint.cyan(visible(operation.from))}`;
    case "test":
      return `${path}is ${printJson(operation.value)}`;
  }
}

/** The value at a pointer, if there is one. */
export function valueAt(value: Value, pointer: string): Value | undefined {
  let at: Value | undefined = value;
  for (const step of parsePointer(pointer)) {
    if (Array.isArray(at)) at = at[Number(step)];
    else at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}
