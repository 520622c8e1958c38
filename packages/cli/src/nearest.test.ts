import { expect, test } from "vitest";
import { nearest } from "./nearest.js";

const words = ["import", "export", "log", "merge", "status"];

test.each([
  ["imprt", "import"],
  ["improt", "import"],
  ["lgo", "log"],
  ["stauts", "status"],
  ["xyzzy", undefined],
])("%s is meant as %s", (typed, meant) => expect(nearest(typed, words)).toBe(meant));
