import { expect, test } from "vitest";
import { raw } from "../block/cid.js";
import { Link } from "../item/ipld.js";
import type { ValueObject } from "../item/value.js";
import type { Tip } from "./context.js";
import { infoOf } from "./reading.js";

test("links among a commit's attributes are shown as DAG-JSON shows them", () => {
  const who = { name: "Ada", email: "ada@example.org", time: 1, zone: 0 };
  const attributes = { git: { commit: new Link(new Uint8Array(32), raw), files: [null, 1] } } as unknown as ValueObject;
  const digest = new Uint8Array(32);
  const tip: Tip = { digest, snapshot: digest, parents: [], author: who, committer: who, message: "", attributes };
  expect(infoOf(tip).attributes).toEqual({
    git: { commit: { "/": `bafkrei${"a".repeat(52)}` }, files: [null, 1] },
  });
});
