/**
 * The command line from words to exit code. Loads the code of the one command that is asked for, and nothing of the engine until that asks for it.
 *
 * Data goes to standard output, everything else to standard error. Never ends the process, so tests can call it.
 */
import { Cli, type GlobalOptions } from "./cli.js";
import type { Io } from "./io.js";
import { UsageError } from "./usage.js";
import { completionWord, verbs } from "./verbs.js";

export { processIo, type Io, type Sink } from "./io.js";

/** Width of help where no terminal says otherwise, so that the documentation comes out the same everywhere. */
const helpColumns = 100;

/**
 * Runs one command line.
 *
 * @param args  the words after `sheaf`
 * @returns the exit code: 0 done · 1 a difference or conflict was found, where asked · 2 bad usage or bad input · 3 no such thing · 4 stale base ·
 *   5 missing or corrupt block · 6 storage failed · 130 interrupted
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const { options, rest } = leadingOptions(args);
  const cli = new Cli(io, options);
  try {
    await dispatch(rest, cli);
    await cli.close();
    return cli.exitCode;
  } catch (error) {
    return await fail(error, cli);
  } finally {
    cli.out.close();
  }
}

/** Tells what went wrong, and gives the exit code. */
async function fail(thrown: unknown, cli: Cli): Promise<number> {
  const { judge, printFailure } = await import("./failure.js");
  const failure = judge(thrown, cli.io.signal.aborted);
  await cli.close().catch(() => undefined);
  if (failure.message !== undefined) cli.io.stderr.write(`${printFailure(failure, cli.json)}\n`);
  if (cli.options.debug && thrown instanceof Error) cli.io.stderr.write(`${thrown.stack}\n`);
  return failure.exit;
}

async function dispatch(words: readonly string[], cli: Cli): Promise<void> {
  const [name, ...args] = words;
  if (name === "--version" || name === "-V") return void (await cli.line((await import("./version.js")).version));
  if (name === undefined || name === "help" || name === "--help" || name === "-h") return await help(args, name, cli);
  if (name === completionWord) return complete(args, cli);
  const verb = verbs.get(name);
  if (verb === undefined) throw new UsageError(await unknown(name));
  const [{ makeCommand, parse }, { define }] = await Promise.all([import("./parse.js"), verb.load()]);
  let printed = "";
  const sink = {
    columns: Math.min(cli.io.stdout.columns || helpColumns, helpColumns),
    write: (text: string) => void (printed += text),
  };
  const command = makeCommand(name, verb.summary, define, cli, sink);
  command.hook(
    "preAction",
    (_, acting) => void Object.assign(cli.options, globals({ ...cli.options, ...acting.optsWithGlobals() })),
  );
  if (!(await parse(command, args)) && printed !== "") await cli.out.write(printed);
}

async function help(args: readonly string[], name: string | undefined, cli: Cli): Promise<void> {
  const { overview, reference } = await import("./help.js");
  if (name === "help" && args[0] === "--markdown") return void (await cli.out.write(await reference(cli)));
  if (name === "help" && args[0] !== undefined && !args[0].startsWith("-"))
    return await dispatch([...args, "--help"], cli);
  if (name !== undefined) return void (await cli.out.write(overview(cli.paint)));
  cli.io.stderr.write(overview(cli.paint));
  cli.exitCode = 2;
}

/** What the scripts of `sheaf completion` ask: what may stand at this place of a line. */
async function complete([index, ...line]: readonly string[], cli: Cli): Promise<void> {
  const { candidates } = await import("./candidates.js");
  for (const word of await candidates(cli, line, Number(index))) await cli.line(word);
}

async function unknown(name: string): Promise<string> {
  if (name.startsWith("-")) return `there is no option ${name} before the command; see sheaf --help`;
  const { nearest } = await import("./nearest.js");
  const close = nearest(name, [...verbs.keys()]);
  return `there is no command ${JSON.stringify(name)}${close ? `; did you mean ${close}?` : ""}; see sheaf --help`;
}

/** Takes the options that stand before the command's name. */
function leadingOptions(args: readonly string[]): { options: GlobalOptions; rest: readonly string[] } {
  const options: GlobalOptions = {};
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at];
    if (word === "--json") options.json = true;
    else if (word === "--debug") options.debug = true;
    else if (word === "--no-pager") options.pager = false;
    else if (word === "-C" && at + 1 < args.length) options.C = args[++at];
    else if (word.startsWith("-C") && word.length > 2) options.C = word.slice(2);
    else break;
  }
  // A line that cannot be parsed still gets its error in the form that it asks for.
  if (args.includes("--json")) options.json = true;
  return { options, rest: args.slice(at) };
}

function globals({ C, json, debug }: GlobalOptions): GlobalOptions {
  return {
    ...(C === undefined ? {} : { C }),
    ...(json === undefined ? {} : { json }),
    ...(debug === undefined ? {} : { debug }),
  };
}
