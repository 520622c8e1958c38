import type { CommitInfo, ReflogEntry } from "@sheaf/core";
import { expect, test } from "vitest";
import { withRows, type Told } from "./testing.js";

type Server = Awaited<ReturnType<typeof withRows>>;

async function reflog({ ask }: Server, ref = "main"): Promise<ReflogEntry[]> {
  return ((await ask("GET", `/reflog?ref=${encodeURIComponent(ref)}`)).body as { entries: ReflogEntry[] }).entries;
}

async function ids({ ask }: Server): Promise<string[]> {
  const { rows } = (await ask("GET", "/datasets/qa/rows?limit=1000")).body as { rows: { id: string }[] };
  return rows.map(({ id }) => id);
}

const commitOf = ({ body }: Told) => (body as { commit: string }).commit;

test("edits of every kind by many callers at once all hold, and none is told of a stale base", async () => {
  const server = await withRows();
  const { ask, repo } = server;
  const first = (await repo.head()).commit as string;
  await ask("POST", "/branches", '{"name":"side"}');
  await ask("PUT", "/datasets/qa/rows/s1?branch=side", '{"item":{"side":true}}');
  const taken = commitOf(await ask("PUT", "/datasets/qa/rows/q3", '{"item":{"id":"q3","note":"new"}}'));
  await ask("POST", "/datasets", '{"path":"other"}');
  await ask("PUT", "/datasets/other/rows/x", '{"item":{}}');
  const answers = await Promise.all([
    ...Array.from({ length: 20 }, (_, i) =>
      ask("PUT", `/datasets/qa/rows/n${i}`, '{"item":{}}', { "x-caller": `Caller${i % 3}` }),
    ),
    ask("POST", "/datasets/qa/rows/q3/move", '{"before":"q1"}'),
    ask("POST", "/datasets/qa/columns/tags/rename", '{"to":"labels"}'),
    ask("PUT", "/datasets/qa/columns", '{"columns":["labels"]}'),
    ask("POST", "/merges", '{"from":"side"}'),
    ask("POST", "/revert", JSON.stringify({ commit: taken })),
    ask("DELETE", "/datasets/qa/columns/score"),
    ask("POST", "/datasets/other/restore", JSON.stringify({ from: "HEAD~1" })),
    ...Array.from({ length: 20 }, (_, i) => ask("PUT", `/datasets/qa/rows/m${i}`, '{"item":{}}')),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const now = await ids(server);
  expect(now.slice(0, 3)).toEqual(["q3", "q1", "q2"]);
  expect([...now].sort()).toEqual(
    ["q1", "q2", "q3", "s1", ...Array.from({ length: 20 }, (_, i) => [`n${i}`, `m${i}`]).flat()].sort(),
  );
  expect(await repo.dataset("qa").getText("q3")).toBe('{"id":"q3","note":{"deep":"x"}}');
  expect(await repo.dataset("qa").getText("q1")).toBe('{"id":"q1","labels":["a","b"]}');
  expect((await repo.dataset("qa").at(first)).info.count).toBe(3);
});

test("a move, a change of columns and a restore on an old version are refused, or merged where that is asked for", async () => {
  const { ask, repo } = await withRows();
  const etag = (await ask("GET", "/datasets/qa")).headers.get("etag") ?? "";
  const then = (await repo.head()).commit;
  await ask("PATCH", "/datasets/qa/rows/q2", '[{"op":"add","path":"/new","value":1}]');
  const old = (method: string, path: string, body?: string) =>
    ask(method, `/datasets/qa${path}`, body, { "if-match": etag });
  for (const [method, path, body] of [
    ["POST", "/rows/q3/move", '{"before":"q1"}'],
    ["POST", "/columns/tags/rename", '{"to":"labels"}'],
    ["POST", "/restore", JSON.stringify({ from: then })],
  ] as const) {
    expect((await old(method, path, body)).body).toMatchObject({ status: 412, data: { dataset: "qa" } });
    expect((await old(method, `${path}?merge=true`, body)).status).toBe(200);
  }
  expect(await repo.dataset("qa").getText("q2")).toBe('{"id":"q2","labels":[],"new":1,"score":18446744073709551615}');
  await ask("PATCH", "/datasets/qa/rows/q1", '[{"op":"replace","path":"/score","value":"mine"}]');
  const conflict = await old("DELETE", "/columns/score?merge=true");
  expect(conflict.body).toMatchObject({ status: 409, code: "conflict" });
});

test("the log of a ref names who asked for the move, and all whose edits one move holds", async () => {
  const server = await withRows();
  const { ask } = server;
  const asBob = { "x-caller": "Bob" };
  await ask("POST", "/branches", '{"name":"b"}', asBob);
  await ask("POST", "/tags", '{"name":"t"}', asBob);
  await ask("POST", "/datasets/qa/rows/q3/move", '{"before":"q1"}', asBob);
  expect((await reflog(server, "refs/heads/b"))[0].who).toEqual({ name: "Bob", email: "bob@example.org" });
  expect((await reflog(server, "refs/tags/t"))[0].who.name).toBe("Bob");
  expect((await reflog(server))[0].who.name).toBe("Bob");
  const put = (i: number, caller: string) =>
    ask("PUT", `/datasets/qa/rows/n${i}`, `{"item":{"n":${i}}}`, { "x-caller": caller });
  await Promise.all([put(1, "Ada"), put(2, "Bob"), put(3, "Cy"), put(4, "Bob")]);
  expect((await reflog(server))[0].who).toEqual({ name: "Bob, Cy", email: "bob@example.org, cy@example.org" });
  const { commits } = (await ask("GET", "/commits?limit=1")).body as { commits: CommitInfo[] };
  expect(commits[0].committer.name).toBe("Server");
});

test("a merge whose conflicts are resolved is finished though others went on meanwhile, unless they changed the same", async () => {
  const { ask, repo } = await withRows();
  await ask("POST", "/branches", '{"name":"side"}');
  const replace = (value: number) => JSON.stringify([{ op: "replace", path: "/score", value }]);
  await ask("PATCH", "/datasets/qa/rows/q1?branch=side", replace(2));
  await ask("PATCH", "/datasets/qa/rows/q1", replace(3));
  expect((await ask("POST", "/merges", '{"from":"side"}')).body).toMatchObject({ conflicts: [{ pointer: "/score" }] });
  await ask("PATCH", "/datasets/qa/rows/q2", replace(9));
  await ask("POST", "/merges/main/resolve", '{"choice":"theirs","all":true}');
  expect((await ask("POST", "/merges/main/finish")).status).toBe(200);
  expect(await repo.dataset("qa").getText("q1")).toBe('{"id":"q1","score":2,"tags":["a","b"]}');
  expect(await repo.dataset("qa").getText("q2")).toContain('"score":9');
  expect((await repo.show("HEAD")).parents).toHaveLength(2);
  expect((await ask("GET", "/merges/main")).status).toBe(404);
});
