import { describe, expect, test } from "vitest";
import { AdoptionScene, lines } from "./testing.js";

describe("ids", () => {
  test("a first commit: rows without ids get made ids and positions one after another", async () => {
    const scene = new AdoptionScene();
    const first = await scene.adopt({ "qa/rows/0.jsonl": lines('{"a":1}', '{"a":2}', '{"a":1}') });
    const rows = await scene.rows(first, "qa");
    expect(rows.map(([, position, item]) => [position, item])).toEqual([
      ["a0", '{"a":1}'],
      ["a1", '{"a":2}'],
      ["a2", '{"a":1}'],
    ]);
    expect(new Set(rows.map(([id]) => id)).size).toBe(3);
  });

  test("one changed line among many keeps its id and position", async () => {
    const scene = new AdoptionScene();
    const first = await scene.adopt({ "qa/rows/0.jsonl": lines('{"a":1}', '{"a":2}', '{"a":3}') });
    const second = await scene.adopt({ "qa/rows/0.jsonl": lines('{"a":1}', '{"a":5}', '{"a":3}') }, first);
    const [before, after] = [await scene.rows(first, "qa"), await scene.rows(second, "qa")];
    expect(after.map(([id, position]) => [id, position])).toEqual(before.map(([id, position]) => [id, position]));
    expect(after[1][2]).toBe('{"a":5}');
  });
});
