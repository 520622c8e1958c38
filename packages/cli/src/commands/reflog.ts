/** `sheaf reflog`. */
import { count, examples, type Define } from "../parse.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";
import { moment, shortCid } from "../render/quantity.js";

export const define: Define = (command, cli) => {
  command
    .argument("[ref]", "a branch, tag or full name such as refs/heads/main (default: the current branch)")
    .option("-n, --limit <n>", "at most n entries", count());
  examples(command, ["sheaf reflog main -n 3", "The last three moves of main"]);
  command.action(async (ref: string | undefined, { limit = Infinity }: { limit?: number }) => {
    const { paint } = cli;
    cli.page();
    let shown = 0;
    for await (const { ref: name, value, before, who, time, command: what } of (await cli.repository()).reflog(ref)) {
      if (shown++ >= limit) break;
      const text = `${value === null ? paint.red("deleted") : paint.yellow(shortCid(value))}  ${moment(Math.floor(time / 1000), localZone(time))}  ${visible(who.name)}  ${visible(what)}`;
      await cli.line(cli.json ? record({ ref: name, value, before, who: { ...who }, time, command: what }) : text);
    }
  });
};

function localZone(time: number): number {
  return -new Date(time).getTimezoneOffset();
}
