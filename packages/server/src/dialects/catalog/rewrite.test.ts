import { pointer, Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { expect, test } from "vitest";
import { Call, defaultLimits } from "../../call.js";
import { Desk } from "../../desk.js";
import { rewrite } from "./rewrite.js";

async function fresh() {
  const author = () => ({ name: "Ada", email: "ada@example.org" });
  const repo = await Repository.open(new MemoryDrive(), { platform: nodePlatform, create: true, author });
  await repo.createDataset("qa", { seen: 0 });
  const desk = new Desk(repo);
  const request = new Request("http://localhost/", { method: "POST" });
  const call = new Call(request, {}, {}, { id: "ada" }, defaultLimits, undefined, async () => {});
  return { repo, desk, call };
}

test("of a hundred that count up one number at once, none is lost and none gives up", async () => {
  const { repo, desk, call } = await fresh();
  const countUp = () =>
    rewrite(call, desk, "qa", async ({ version }) => ({
      message: "count",
      changes: [
        {
          dataset: "qa",
          patch: [{ op: "replace", path: "/meta/seen", value: Number(version?.info.meta["seen"]) + 1 }],
        },
      ],
    }));
  await Promise.all(Array.from({ length: 100 }, countUp));
  expect((await repo.dataset("qa").info()).meta).toEqual({ seen: 100 });
});

test("a plan that is about some rows is made once, whatever else changes meanwhile", async () => {
  const { repo, desk, call } = await fresh();
  let plans = 0;
  const put = (id: string) =>
    rewrite(call, desk, "qa", async () => {
      plans++;
      const patch = [{ op: "add", path: pointer("items", id), value: { id } }] as const;
      return { message: "put", rows: [id], changes: [{ dataset: "qa", patch }] };
    });
  await Promise.all(Array.from({ length: 50 }, (_, i) => put(String(i))));
  expect(plans).toBe(50);
  expect((await repo.dataset("qa").info()).count).toBe(50);
});

test("who plans for longer than native edits take is done too, though these never cease", async () => {
  const { repo, desk, call } = await fresh();
  const native = async () => {
    const patch = [{ op: "add", path: "/items/-", value: {} }] as const;
    await desk.edits.edit({ message: "native", changes: [{ dataset: "qa", patch }] }, undefined, call.signal);
  };
  let plans = 0;
  await rewrite(call, desk, "qa", async () => {
    plans++;
    const rival = native();
    // As long as the branch may move, it does before this plan is made.
    if (plans <= 6) await rival;
    const patch = [{ op: "replace", path: "/meta/seen", value: plans }] as const;
    return { message: "slow", changes: [{ dataset: "qa", patch }] };
  });
  await desk.settled();
  expect(await repo.dataset("qa").info()).toMatchObject({ count: 7, meta: { seen: 7 } });
});
