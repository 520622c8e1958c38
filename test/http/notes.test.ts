/** Notes of versions at a server: what they cost, and what a server takes. */
import {
  amended,
  decodeCommit,
  encodeTag,
  openServerRemote,
  parseCid,
  printCid,
  Repository,
  type Cid,
  type Connect,
} from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { allRoutes, createToken, exchangeRoutes, Service } from "@sheaf/server";
import { expect, test } from "vitest";

/** A server without a port, what is asked of it, and how others reach it; `token` is whose they use. */
async function served() {
  const author = () => ({ name: "Server", email: "server@example.org" });
  const repo = await Repository.open(new MemoryDrive(), { platform: nodePlatform, create: true, author });
  const door = { hosts: new Set(["localhost"]), origins: new Set<string>() };
  const routes = [...allRoutes, ...exchangeRoutes("evals")];
  const service = new Service({ repo, routes, door, isPrivate: true });
  const asked: string[] = [];
  const ask = async (path: string, init: RequestInit & { duplex?: "half" }) => {
    asked.push(path);
    const request = new Request(`http://localhost/api/v1/sync/${path}`, init);
    const response = await service.fetch(request);
    const bytes = new Uint8Array(await response.arrayBuffer());
    service.finish(request, response.status, bytes.length);
    return { status: response.status, bytes };
  };
  const connect: Connect = async (url, local) =>
    openServerRemote(
      {
        url,
        async ask(path, { method, body, type }) {
          const headers = { "content-type": type ?? "application/json" };
          const { status, bytes } = await ask(path, { method, headers, body: body as BodyInit, duplex: "half" });
          if (status !== 200) throw new Error(`${path}: ${status} ${new TextDecoder().decode(bytes)}`);
          return (async function* () {
            yield bytes;
          })();
        },
        close: async () => undefined,
      },
      local,
    );
  return { repo, asked, ask, connect };
}

async function reader(connect: Connect): Promise<Repository> {
  const author = () => ({ name: "Ada", email: "ada@example.org" });
  const repo = await Repository.open(new MemoryDrive(), { platform: nodePlatform, create: true, author, connect });
  await repo.addRemote("origin", "http://localhost");
  return repo;
}

async function writer(connect: Connect, datasets: readonly string[]): Promise<Repository> {
  const repo = await reader(connect);
  for (const dataset of datasets) {
    await repo.createDataset(dataset, undefined, { attributes: amended });
    await repo.dataset(dataset).import([{ id: "a", dataset }], { key: "id" });
    await repo.versions.note(dataset, 1, note => ({ ...note, name: `first of ${dataset}` }));
  }
  return repo;
}

const names = async (repo: Repository, dataset: string) =>
  (await repo.versions.of(dataset)).map(({ note }) => note["name"] ?? null);

test.each([1, 12])("notes of %i datasets go and come in one request each, and without news in none", async count => {
  const { repo, asked, connect } = await served();
  const datasets = Array.from({ length: count }, (_, i) => `d${i}`);
  const ada = await writer(connect, datasets);
  const during = async (work: () => Promise<unknown>) => {
    asked.length = 0;
    await work();
    return asked.filter(path => path !== "refs" && path !== "blocks/present");
  };
  expect(await during(() => ada.push("origin"))).toEqual(["push", "push"]);
  expect(await names(repo, "d0")).toEqual(["first of d0"]);
  const bob = await reader(connect);
  expect(await during(() => bob.fetch("origin"))).toEqual(["blocks/missing", "blocks/missing"]);
  expect(await during(() => bob.fetch("origin"))).toEqual([]);
  expect(await during(() => ada.push("origin"))).toEqual([]);
  expect(asked).toEqual(["refs"]);
});

test("a server takes notes alone that are some, and the branch goes all the same", async () => {
  const { repo, connect } = await served();
  const ada = await writer(connect, ["qa", "other"]);
  const [{ first }] = await ada.versions.of("other");
  const { id } = await ada.dataset("qa").info();
  const tagger = { name: "Eve", email: "", time: 0, zone: 0 };
  const put = (target: Cid, attributes: object) => {
    const tag = { target: parseCid(target).digest, name: "note", tagger, message: "", attributes: attributes as never };
    return ada.local().write(async blocks => printCid(blocks.put(encodeTag(tag))));
  };
  const set = async (ref: string, to: Cid) =>
    ada.context.logs.move(ref, { from: undefined, to, who: { name: "", email: "" }, command: "evil" });
  await set(`refs/notes/${id}/${first}`, await put(first, {}));
  const { refs, notes } = await ada.push("origin");
  expect(refs).toMatchObject([{ outcome: "new" }]);
  expect(notes.map(({ outcome }) => outcome).sort()).toEqual(["new", "new", "rejected"]);
  expect(await names(repo, "qa")).toEqual(["first of qa"]);
  const twice = await ada.push("origin");
  expect(twice.notes).toMatchObject([{ outcome: "rejected", reason: "refused" }]);
});

test("a note whose name says what is no commit, or not there, is refused in words, and what goes with it is taken", async () => {
  const { repo, connect } = await served();
  const ada = await writer(connect, ["qa"]);
  await ada.push("origin");
  const [{ first }] = await ada.versions.of("qa");
  const { id } = await ada.dataset("qa").info();
  const [{ entry }] = await ada.context.logs.heads("refs/notes/");
  const to = entry.value as Cid;
  const { snapshot } = decodeCommit(await ada.block(first));
  const bad = [printCid(snapshot), printCid(new Uint8Array(32).fill(7))].map(cid => ({
    name: `refs/notes/${id}/${cid}`,
    to,
  }));
  const remote = await connect("http://localhost", ada.local());
  const { refs } = await remote.push([...bad, { name: "refs/heads/next", to: first }], {});
  expect(refs.map(ref => ref.ok || ref.reason)).toEqual(["refused", "refused", true]);
  expect((await repo.context.logs.heads("refs/heads/")).length).toBe(2);
});

test("a token for some datasets neither reads nor writes notes of others", async () => {
  const { repo, ask, connect } = await served();
  await (await writer(connect, ["qa", "other"])).push("origin");
  const wish = { name: "Eve", email: "eve@example.org", scope: "admin", datasets: ["qa"] } as const;
  const { secret } = await createToken(repo.local(), wish);
  const headers = { authorization: `Bearer ${secret}` };
  expect((await ask("refs", { headers })).status).toBe(403);
  const body = JSON.stringify({ cids: [] });
  for (const path of ["blocks/missing", "blocks/present", "blocks/chosen", "push"])
    expect([path, (await ask(path, { method: "POST", headers, body })).status]).toEqual([path, 403]);
});
