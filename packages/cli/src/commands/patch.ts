/** `sheaf patch`. */
import { badInput, fromUtf8 } from "@sheaf/core";
import type { CommitFlags } from "../cli.js";
import { commitFlags, tellCommit } from "../commit-flags.js";
import { examples, type Define } from "../parse.js";
import { openSource, readAll } from "../source.js";

export const define: Define = (command, cli) => {
  command
    .argument("<dataset>")
    .argument("<file>", "a JSON Patch (RFC 6902), a list of operations; - reads standard input")
    .addHelpText(
      "after",
      '\nThe patch sees the dataset as {"meta": {…}, "items": {"<id>": {…}}, "positions": {"<id>": "<position>"}}.\nAll operations are done, or none. A "test" that fails refuses the patch; "add" at /items/- appends with a made id.',
    );
  commitFlags(command, { base: true, allowEmpty: true });
  examples(
    command,
    [
      `echo '[{"op":"replace","path":"/items/q7/answer","value":"42"}]' | sheaf patch qa - -m "q7"`,
      "Change one field of one row",
    ],
    [
      "sheaf diff main fix --dataset qa --patch | sheaf patch qa - --branch other",
      "Make on one branch what differs between two",
    ],
  );
  command.action(async (path: string, file: string, flags: CommitFlags) => {
    const dataset = (await cli.repository()).dataset(path);
    const source = await openSource(cli.io, file);
    const done = await dataset.patch(
      textOf(await readAll(source), source.file),
      cli.commit({ message: `Patch ${path}`, ...flags }),
    );
    await tellCommit(cli, done, `${path} patched`);
  });
};

function textOf(bytes: Uint8Array, file: string | undefined): string {
  try {
    return fromUtf8(bytes);
  } catch {
    throw badInput("this is not UTF-8", file === undefined ? {} : { file });
  }
}
