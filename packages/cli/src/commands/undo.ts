/** `sheaf undo`. */
import { examples, type Define } from "../parse.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";
import { shortCid } from "../render/quantity.js";

export const define: Define = (command, cli) => {
  command.addHelpText(
    "after",
    "\nA merge, pull or rebase that stopped at conflicts is given up. Called again it takes back the command before that one.",
  );
  examples(command, ["sheaf undo", "Put the branch or tag that moved last back to where it was"]);
  command.action(async () => {
    const { ref, from, to, command: what, gaveUp } = await (await cli.repository()).undo();
    const place = to === null ? "gone" : `at ${cli.paint.yellow(to.startsWith("b") ? shortCid(to) : to)}`;
    const outcome = gaveUp
      ? `the ${gaveUp} that waited for its conflicts is given up, ${visible(ref)} stays ${place}`
      : `${visible(ref)} is ${place} again`;
    await cli.line(
      cli.json ? record({ ref, from, to, command: what, gaveUp }) : `took back ${visible(what)}: ${outcome}`,
    );
  });
};
