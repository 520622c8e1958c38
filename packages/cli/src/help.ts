/** Help on all commands: the list, and the reference page that is made from every command's own help. */
import { Cli } from "./cli.js";
import type { Paint } from "./render/paint.js";
import { makeCommand } from "./parse.js";
import { groups, verbs, type Verb } from "./verbs.js";

/** Columns that the names of commands take in the list. */
const nameColumns = 14;

/** What `sheaf --help` prints. */
export function overview(paint: Pick<Paint, "bold">): string {
  const lines = Object.entries(groups).map(([group, list]) => {
    const shown = Object.entries(list).filter(([, { hidden }]) => !hidden);
    return `${paint.bold(`${group}:`)}\n${shown.map(([name, { summary }]) => `  ${name.padEnd(nameColumns)}${summary}`).join("\n")}\n`;
  });
  return `${intro}\n${lines.join("\n")}\n${outro}`;
}

const intro = `Sheaf keeps every version of your datasets: import, branch, edit, merge, compare, go back.

Usage: sheaf [-C DIR] [--json] [--no-pager] <command> [arguments]
`;

const outro = `sheaf <command> --help explains a command, with examples.
Revisions are written as in git: main, v1, main~3, HEAD^2, or a commit's CID or its first 8 or more characters.

Example:
  $ sheaf init
  $ sheaf import qa questions.jsonl --key id -m "first import"
  $ sheaf diff HEAD~1
`;

/** The page docs/cli.md: the help of every command, as Markdown. */
export async function reference(cli: Cli): Promise<string> {
  const parts = [pageHead];
  const quiet = new Cli({ ...cli.io, env: { NO_COLOR: "1" } }, {});
  for (const [name, verb] of verbs)
    if (!verb.hidden) parts.push(`## sheaf ${name}\n`, fenced(await helpOf(name, verb, quiet)));
  return parts.join("\n");
}

async function helpOf(name: string, { summary, load }: Verb, cli: Cli): Promise<string> {
  let text = "";
  const sink = { columns: 100, write: (part: string) => void (text += part) };
  const command = makeCommand(name, summary, (await load()).define, cli, sink);
  command.outputHelp();
  for (const below of command.commands) {
    text += "\n";
    below.outputHelp();
  }
  return text;
}

function fenced(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}

const pageHead = `# The command line

This page is what \`sheaf <command> --help\` prints, for every command; \`sheaf help --markdown\` makes it.

Every command takes \`-C DIR\`, \`--json\` and \`--help\`. Data goes to standard output, messages to standard error. With \`--json\` a command prints
one JSON value, or one a line, and an error is \`{"error":{"code","message","data"}}\` on standard error. Colour and progress are for terminals only;
\`NO_COLOR\` is honoured.

On a terminal \`blame\`, \`diff\`, \`log\`, \`reflog\` and \`show\` print through the pager that \`SHEAF_PAGER\`, then \`PAGER\` names, else through
\`less\`; an empty name, and \`sheaf --no-pager <command>\`, print at once.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | a difference or conflict was found, where asked |
| 2 | bad usage or bad input; the repository did not change |
| 3 | no such ref, dataset, item or repository |
| 4 | stale base, or a lost race |
| 5 | a missing or corrupt block |
| 6 | storage failed |
| 70 | an error that nobody foresaw: a bug |
| 130 | interrupted |

The author of a commit is looked up in \`SHEAF_AUTHOR_NAME\` and \`SHEAF_AUTHOR_EMAIL\`, in the repository's \`user.name\` and \`user.email\`
(\`sheaf config\`), in git's environment and configuration, and last is the user of the machine.
`;
