import { expect, test } from "vitest";
import { MarkdownReport } from "./markdown.js";

test("hostile text comes out as text: no link, mention, tag or end of a cell", () => {
  const report = new MarkdownReport();
  const hostile = "</code><script>| `x` [a](http://x) @ada #1 *b* \n\u202e$y$";
  report.add({
    kind: "changed",
    dataset: "qa|",
    id: hostile,
    before: { t: "a" },
    after: { t: hostile },
    patch: [{ op: "replace", path: "/t", value: hostile }],
  });
  const text = report.print("main", hostile);
  expect(text.replace(/<\/?(?:code|del|ins|br)>|&#\d+;/g, "")).not.toMatch(/[<>`[\]@*$]|script\||http:/);
  expect(text).toContain("| <code>qa&#124;</code> | 0 | 0 | 1 | 0 |");
});

test("a report of many rows stays within what a comment may hold", () => {
  const report = new MarkdownReport();
  for (let n = 0; n < 5000; n++)
    report.add({
      kind: "removed",
      dataset: `d${n % 50}`,
      id: `q${n}`,
      position: "a0",
      item: { text: "{".repeat(500) },
      cid: "" as never,
    });
  const text = report.print("a", "b");
  expect(text.length).toBeLessThan(65_536);
  expect(text).toContain("and 75 more rows");
});
