/** Sheaf over HTTP: refs, and blocks as CAR files. Another repository fetches from here and pushes to here as it does with a folder. */
import { isSheafError, type Repository } from "@sheaf/core";
import { json, stream } from "../answer.js";
import type { Call } from "../call.js";
import { HttpError } from "../problem.js";
import { route, type Route } from "../route.js";
import { t } from "../schema.js";
import { cid } from "../native/shapes.js";

const tag = "exchange";
const carType = "application/vnd.ipld.car";
/** CIDs in one request. */
const maxCids = 10_000;
const cids = t.Array(cid, { maxItems: maxCids });

const refs = route(
  {
    method: "GET",
    path: "/api/v1/sync/refs",
    operationId: "syncRefs",
    tag,
    summary: "Lists the branches, tags and environments with what they name, and the current branch.",
    scope: "read",
    answers: {
      200: {
        description: "the refs",
        json: t.Object({
          head: t.Optional(t.String()),
          refs: t.Array(t.Object({ name: t.String({ description: "in full: refs/heads/main" }), cid })),
        }),
      },
    },
  },
  async (_, repo) => {
    const { head, refs: named } = await repo.exchange().refs();
    return json({
      ...(head === undefined ? {} : { head }),
      refs: named.map(({ name, value }) => ({ name, cid: value })),
    });
  },
);

const missing = route(
  {
    method: "POST",
    path: "/api/v1/sync/blocks/missing",
    operationId: "syncMissingBlocks",
    tag,
    summary: "Gives every block that some commits reach and the caller lacks, as a CAR file.",
    description:
      "`haves` are commits that the caller has, with all that they reach; those that are not here are passed over.",
    scope: "read",
    body: { json: t.Object({ wants: cids, haves: cids }) },
    answers: { 200: { description: "the blocks", bytes: [carType] } },
  },
  async (call, repo) => {
    const { wants, haves } = await call.json();
    return stream(repo.exchange().missing(wants, haves, { signal: call.signal }), carType);
  },
);

const present = route(
  {
    method: "POST",
    path: "/api/v1/sync/blocks/present",
    operationId: "syncPresentBlocks",
    tag,
    summary: "Says which of these blocks are here.",
    scope: "read",
    body: { json: t.Object({ cids }) },
    answers: { 200: { description: "those that are", json: t.Object({ present: t.Array(cid) }) } },
  },
  async (call, repo) => json({ present: await repo.exchange().present((await call.json()).cids) }),
);

const chosen = route(
  {
    method: "POST",
    path: "/api/v1/sync/blocks/chosen",
    operationId: "syncChosenBlocks",
    tag,
    summary: "Gives these very blocks, as a CAR file in their order.",
    scope: "read",
    body: { json: t.Object({ cids: t.Array(cid, { maxItems: 1024 }) }) },
    answers: { 200: { description: "the blocks", bytes: [carType] } },
  },
  async (call, repo) => {
    const asked = (await call.json()).cids;
    try {
      return await stream(repo.exchange().chosen(asked), carType);
    } catch (error) {
      if (isSheafError(error, "missing-block")) throw new HttpError(404, "missing-block", error.message);
      throw error;
    }
  },
);

const push = route(
  {
    method: "POST",
    path: "/api/v1/sync/push",
    operationId: "syncPush",
    tag,
    summary: "Takes blocks as a CAR file, then moves refs by compare-and-swap, each on its own.",
    description:
      'The first root and block is dag-cbor `{type: "push", version: 1, updates: [[name, to, from], …]}`, with links, or null for a ref that is not there. No ref moves unless all that is to be named is here whole. Instead of blocks a commit may come as an edit of its first parent: a section whose codec is cbor (0x51) with `{commit: bytes, items: [bytes, …], datasets: [[path, null] | [path, from, id, meta, [[position, id, item], …]], …], files: [[path, mode, link] | [path, null], …]}`, where `from` is the path in the parent or null, `meta` null where it stays, and `item` a number among `items`, a link, or null. The trees are then made here, and refused (400) unless they come to the commit.',
    scope: "write",
    body: { bytes: [carType] },
    answers: {
      200: {
        description: "what became of each ref, in order",
        json: t.Object({
          blocks: t.Integer(),
          refs: t.Array(
            t.Object({
              name: t.String(),
              ok: t.Boolean(),
              reason: t.Optional(t.Union([t.Literal("moved"), t.Literal("refused")])),
              message: t.Optional(t.String()),
            }),
          ),
        }),
      },
    },
  },
  async (call, repo) => {
    const who = await moverOf(call, repo);
    const place = new URL(call.request.url).origin;
    return json(await repo.exchange().take(call.bytes(), { who, place }, { signal: call.signal }));
  },
);

async function moverOf({ caller: { name, email } }: Call, repo: Repository) {
  return name !== undefined && email !== undefined ? { name, email } : repo.local().author();
}

export const syncRoutes: readonly Route[] = [refs, missing, present, chosen, push];
