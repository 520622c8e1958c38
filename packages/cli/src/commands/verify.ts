/** `sheaf verify`. */
import type { Value } from "@sheaf/core";
import { damagedExit } from "../failure.js";
import { examples, type Define } from "../parse.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";
import { counted } from "../render/quantity.js";

export const define: Define = (command, cli) => {
  command.addHelpText(
    "after",
    '\nEvery block is read and hashed, and every ref is followed. Each finding is a line; with --json {"kind", "message", "file", "cid", …}.',
  );
  examples(command, ["sheaf verify", "Check everything; ends with 5 when something is damaged or missing"]);
  command.action(async () => {
    const findings = (await cli.repository()).verify(cli.watch());
    let found = 0;
    for await (const finding of findings) {
      found++;
      await cli.line(
        cli.json
          ? record({ ...finding } as unknown as { [name: string]: Value })
          : cli.paint.red(visible(finding.message)),
      );
    }
    if (found > 0) cli.exitCode = damagedExit;
    cli.say(
      found === 0 ? "everything is whole" : `${counted(found, "finding")}; what is not named here can still be read`,
    );
  });
};
