/** `sheaf resolve`. */
import { parseJson, SheafError, type Choice, type Conflict, type MergeState } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { examples, type Define } from "../parse.js";
import { record } from "../record.js";
import { counted } from "../render/quantity.js";
import { UsageError } from "../usage.js";

interface Flags {
  ours?: boolean;
  theirs?: boolean;
  base?: boolean;
  value?: string;
  remove?: boolean;
  all?: boolean;
  into?: string;
}

export const define: Define = (command, cli) => {
  command
    .argument("[dataset]", "the conflicts of this dataset")
    .argument("[id]", "of this row (for a conflict that is about no row: its pointer, such as /meta/description)")
    .argument("[pointer]", "of this field, or below it")
    .option("--ours", "keep what the receiving branch has")
    .option("--theirs", "take what the other side has")
    .option("--base", "go back to what both began with")
    .option("--value <json>", "put this JSON value there")
    .option("--remove", "have nothing there")
    .option("--all", "every conflict of the merge")
    .option("--into <branch>", "of the merge into this branch (default: the current one)")
    .addHelpText("after", '\nWith --json it prints {"resolved", "unresolved"}, counts of conflicts.');
  examples(
    command,
    ["sheaf resolve qa q7 /answer --value '\"42\"'", "Write what the field is to hold"],
    ["sheaf resolve --all --theirs", "Take the other side everywhere"],
  );
  command.action((dataset: string | undefined, id: string | undefined, at: string | undefined, flags: Flags) =>
    act(cli, [dataset, id, at], flags),
  );
};

type Names = readonly [dataset: string | undefined, id: string | undefined, pointer: string | undefined];

async function act(cli: Cli, names: Names, flags: Flags): Promise<void> {
  if ((names[0] === undefined) !== (flags.all ?? false))
    throw new UsageError("name a dataset (and a row, and a field), or take --all");
  const choice = chosen(flags);
  const repository = await cli.repository();
  const before = await repository.mergeState(flags.into);
  if (before === undefined)
    throw new SheafError(
      "refused",
      {},
      "no merge is under way, so there is nothing to resolve; begin one with sheaf merge",
    );
  const meant = before.conflicts.filter(conflict => isMeant(conflict, names));
  if (meant.length === 0) throw absent(names);
  if (typeof choice === "object" && meant.length > 1)
    throw new UsageError(
      `${counted(meant.length, "conflict")} are meant, and one value fits one: name the row and the field`,
    );
  const branch = flags.into === undefined ? {} : { branch: flags.into };
  await tell(
    cli,
    await repository.resolveConflicts(conflict => (isMeant(conflict, names) ? choice : undefined), branch),
    meant.length,
  );
}

function chosen({ ours, theirs, base, value, remove }: Flags): Choice {
  const choices: Choice[] = [];
  if (ours) choices.push("ours");
  if (theirs) choices.push("theirs");
  if (base) choices.push("base");
  if (remove) choices.push({ remove: true });
  if (value !== undefined) choices.push({ value: parseJson(value, { file: "--value" }) });
  if (choices.length !== 1) throw new UsageError("take one of --ours, --theirs, --base, --value JSON and --remove");
  return choices[0];
}

function isMeant(conflict: Conflict, [dataset, id, pointer]: Names): boolean {
  if (dataset === undefined) return true;
  if (conflict.dataset !== dataset) return false;
  if (id === undefined) return true;
  if (conflict.id === undefined) return pointer === undefined && conflict.pointer === id;
  return (
    conflict.id === id &&
    (pointer === undefined || conflict.pointer === pointer || conflict.pointer.startsWith(`${pointer}/`))
  );
}

async function tell(cli: Cli, { conflicts }: MergeState, resolved: number): Promise<void> {
  const unresolved = conflicts.filter(conflict => !conflict.resolved).length;
  await cli.line(
    cli.json ? record({ resolved, unresolved }) : `${counted(resolved, "conflict")} resolved, ${unresolved} left`,
  );
  if (unresolved === 0) cli.say("finish with sheaf merge --continue");
}

function absent(names: Names): SheafError<"no-such-item"> {
  const [dataset = "", id = "", pointer = ""] = names;
  const message = `there is no conflict at ${[dataset, id, pointer].filter(Boolean).join(" ") || "all"}; sheaf conflicts lists them`;
  return new SheafError("no-such-item", { dataset, id }, message);
}
