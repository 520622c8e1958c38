/** The command line's grammar. The one file that knows commander. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { Cli } from "./cli.js";
import { examplesOf } from "./examples.js";
import { UsageError } from "./usage.js";

export type { Command };
export { Option };

/** Declares a command's arguments and options, and what it does. */
export type Define = (command: Command, cli: Cli) => void;

/** Where commander's own words go: help to standard output. */
export interface HelpSink {
  readonly columns: number;
  write(text: string): void;
}

/** Makes the command that parses what follows `sheaf <name>`. */
export function makeCommand(name: string, summary: string, define: Define, cli: Cli, sink: HelpSink): Command {
  const command = new Command(`sheaf ${name}`).description(sentence(summary));
  command.exitOverride().configureOutput({
    writeOut: text => sink.write(text),
    writeErr: () => undefined,
    getOutHelpWidth: () => sink.columns,
  });
  command.configureHelp({ showGlobalOptions: true, sortOptions: false });
  command.helpOption("-h, --help", "print this help");
  command.helpCommand(false);
  define(command, cli);
  addGlobalOptions(command);
  return command;
}

/** The options that every command takes; they may stand before the command's name as well. */
function addGlobalOptions(command: Command): void {
  command
    .option("-C <dir>", "work in this folder, or the nearest one above it that holds a repository")
    .option("--json", "print JSON: one value, or one a line; errors as JSON too")
    .option("--debug", "print the stack of an error");
}

/** Parses and runs. Resolves to `false` when help was printed instead. Throws {@link UsageError}, and what the command throws. */
export async function parse(command: Command, args: readonly string[]): Promise<boolean> {
  try {
    await command.parseAsync(args, { from: "user" });
    return true;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || error.code === "commander.help") return false;
    throw new UsageError(usageSentence(error.message, command.name()));
  }
}

/** Reads an option's value as a whole number from `least` on. */
export function count(least = 0): (text: string) => number {
  return text => {
    if (!/^\d+$/.test(text) || Number(text) < least || !Number.isSafeInteger(Number(text)))
      throw new InvalidArgumentError(`It must be a whole number${least > 0 ? ` from ${least} on` : ""}.`);
    return Number(text);
  };
}

/** Gathers the values of an option that may be given several times. */
export function many(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** An argument that must be one of these. */
export function oneOf(name: string, description: string, choices: readonly string[]): Argument {
  return new Argument(name, description).choices(choices);
}

/** Puts examples at the end of the help: each a command line, and what it does. */
export function examples(command: Command, ...lines: readonly (readonly [line: string, what: string])[]): void {
  command.addHelpText("after", examplesOf(lines));
}

function sentence(summary: string): string {
  return `${summary[0].toUpperCase()}${summary.slice(1)}.`;
}

/** commander's message as one sentence that ends in what to do. */
function usageSentence(message: string, name: string): string {
  const what = message
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean (.*)\?\)$/s, "; did you mean $1?")
    .replaceAll("\n", " ");
  return `${what.replace(/\.$/, "")}; see ${name} --help`;
}
