/** What other machines say, as it is printed. */
import { expect, test } from "vitest";
import { hookLine, plainWords } from "./words.js";

test("what could move a cursor or colour a text is taken out", () => {
  expect(plainWords("\u001b[31mno\u001b[0m\r\n\n\u001b]0;title\u0007way\u202e \n")).toBe("no\nway");
});

test("what a host's hook says is one sentence, without the prefixes around it", () => {
  const said = "error: \nerror: Not allowed to push to protected branch main\nerror:\nremote: error: ask Ada\n";
  expect(hookLine(said)).toBe("Not allowed to push to protected branch main; ask Ada");
});
