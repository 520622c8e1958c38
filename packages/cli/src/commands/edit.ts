/** `sheaf edit`. */
import {
  diffValues,
  isObject,
  parseJson,
  pointer,
  requireItem,
  SheafError,
  toBlockForm,
  type Dataset,
  type Operation,
  type ValueObject,
} from "@sheaf/core";
import type { Cli, CommitFlags } from "../cli.js";
import { commitFlags, tellCommit } from "../commit-flags.js";
import { editText } from "../editor.js";
import { printPretty } from "../exact.js";
import { examples, type Define } from "../parse.js";

interface Flags extends CommitFlags {
  new?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .argument("<dataset>")
    .argument("<id>")
    .option("--new", "write a new row under this id")
    .addHelpText(
      "after",
      "\nThe editor is the one that SHEAF_EDITOR, VISUAL or EDITOR names. Leaving the text as it is makes no commit.",
    );
  commitFlags(command);
  examples(command, ['EDITOR=nano sheaf edit qa q7 -m "typo"', "Edit an item as JSON; saving it makes a commit"]);
  command.action((dataset: string, id: string, flags: Flags) => act(cli, dataset, id, flags));
};

async function act(cli: Cli, path: string, id: string, flags: Flags): Promise<void> {
  const dataset = (await cli.repository()).dataset(path);
  const before = await current(dataset, id, flags);
  const text = await editText(cli.io, `${printPretty(before)}\n`, `${id}.json`);
  const after = requireItem(parseJson(text, { file: "the edited text", dataset: path, id }));
  const patch = flags.new
    ? [{ op: "add", path: pointer("items", id), value: toBlockForm(after) } as const]
    : changes(id, before, after);
  const done = await dataset.patch(patch, cli.commit({ message: `Edit ${path}/${id}`, ...flags }));
  await tellCommit(cli, done, `${path}/${id} edited`);
}

async function current(dataset: Dataset, id: string, { branch, new: isNew }: Flags): Promise<ValueObject> {
  const text = await dataset.getText(id, branch === undefined ? {} : { at: branch });
  if (isNew && text !== undefined)
    throw new SheafError(
      "already-exists",
      { kind: "item", name: id },
      `dataset ${dataset.path} has a row ${JSON.stringify(id)} already; edit it without --new`,
    );
  if (isNew) return {};
  if (text === undefined)
    throw new SheafError(
      "no-such-item",
      { dataset: dataset.path, id },
      `dataset ${dataset.path} has no row ${JSON.stringify(id)}; write a new one with --new`,
    );
  const value = parseJson(text);
  return isObject(value) ? value : {};
}

/**
 * The edit field by field, each guarded by a test that the field is what the editor showed, so that nobody else's change in between is lost.
 * Attributes (`@meta`) are not shown and stay.
 */
export function changes(id: string, before: ValueObject, after: ValueObject): Operation[] {
  const [old, now] = [toBlockForm(before), toBlockForm(after)];
  const operations: Operation[] = [];
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const path = pointer("items", id, key);
    const [was, is] = [member(old, key), member(now, key)];
    const steps = was === undefined ? undefined : is === undefined ? undefined : diffValues(was, is);
    if (steps?.length === 0) continue;
    if (was !== undefined) operations.push({ op: "test", path, value: was });
    if (was === undefined && is !== undefined) operations.push({ op: "add", path, value: is });
    if (is === undefined) operations.push({ op: "remove", path });
    for (const step of steps ?? []) operations.push(below(step, path));
  }
  return operations;
}

function member(object: ValueObject, key: string): ValueObject[string] | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function below(operation: Operation, parent: string): Operation {
  const path = parent + operation.path;
  return operation.op === "move" || operation.op === "copy"
    ? { ...operation, path, from: parent + operation.from }
    : { ...operation, path };
}
