import { describe, expect, test } from "vitest";
import { foldersOf } from "./folder.js";
import { Layout } from "./layout.js";

const layout = new Layout(foldersOf(["qa", "safety/a", "QA", "a/rows"]));

describe("files beside datasets", () => {
  test.each([
    "sheaf.json",
    "sheaf.json/x",
    "qa",
    "safety",
    "safety/a",
    "a/%72ows",
    "qa/dataset.json",
    "qa/dataset.json/x",
    "qa/rows",
    "qa/rows/0.jsonl",
    "qa/rows/a/b.jsonl",
    "qa/rows/a.jsonl/b",
    "%51%41/dataset.json",
    "x/rows/0.jsonl",
    "x/rows/y/0.jsonl",
    "rows/rows/0.jsonl",
  ])("%s is refused", file => expect(() => layout.checkFile(file)).toThrow("rename it"));

  test.each([
    "README.md",
    "qa/README.md",
    "qa/rows/README",
    "qa/rows.jsonl",
    "qa/x/0.jsonl",
    "QA/dataset.json",
    "safety/dataset.json",
    "a/rows",
    "rows/0.jsonl",
    "x/sheaf.json",
  ])("%s is kept", file => expect(() => layout.checkFile(file)).not.toThrow());
});
