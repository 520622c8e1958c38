/** The client against the app itself, without a port; and against answers that no good server gives. */
import { connect, Float, isSheafError, type AnswerOf, type ArgumentsOf, type Client } from "@sheaf/client";
import { fromView, sameValue, view } from "@sheaf/core";
import { values } from "@sheaf/core/testing";
import { allRoutes, type Route } from "@sheaf/server";
import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import { table } from "../../packages/client/src/table.js";
import { fresh } from "./server.js";

async function connected(options: Parameters<typeof connect>[1] = {}) {
  const served = await fresh();
  return {
    ...served,
    sheaf: connect("http://localhost/", { fetch: request => served.app.fetch(request), ...options }),
  };
}

/** A client whose server answers with these, one after the other; `asked` are the requests. */
function answering(...answers: (() => Response | Promise<Response>)[]) {
  const asked: Request[] = [];
  const fetch = async (request: Request) => {
    asked.push(request);
    const next = answers[asked.length - 1] ?? (() => new Response(null, { status: 204 }));
    return next();
  };
  return { asked, sheaf: connect("http://localhost", { fetch }) };
}

/** An answer whose body comes in these pieces, and breaks off behind them if an error is given. */
function pieces(type: string, texts: readonly string[], error?: Error) {
  return () => {
    const left = texts.map(text => new TextEncoder().encode(text));
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = left.shift();
        if (chunk !== undefined) controller.enqueue(chunk);
        else if (error) controller.error(error);
        else controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": type } });
  };
}

async function gathered<T>(from: Promise<unknown>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of (await from) as AsyncIterable<T>) all.push(one);
  return all;
}

test("it knows where every operation is", () => {
  const expected = (allRoutes as readonly Route[]).map(({ operationId, method, path, body, answers }) => {
    const sends = body === undefined ? undefined : "bytes" in body ? "bytes" : body.mediaType;
    const gives = Object.values(answers).some(({ bytes }) => bytes !== undefined) ? { gives: "bytes" } : {};
    return [operationId, { method, path, ...(sends === undefined ? {} : { sends }), ...gives }];
  });
  expect(table).toEqual(Object.fromEntries(expected));
});

test("law: what goes in comes out, to the bit", async () => {
  const { sheaf } = await connected();
  let made = 0;
  await fc.assert(
    fc.asyncProperty(values, async value => {
      const dataset = `d${++made}`;
      await sheaf.createDataset({ body: { path: dataset, meta: { value } } });
      const { meta } = await sheaf.getDataset({ dataset });
      expect(sameValue(fromView(meta["value"]), value)).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test("numbers are exact, or plain where that is asked for", async () => {
  const { app, sheaf } = await connected();
  const meta = { whole: 18446744073709551615n, float: new Float(1), text: "ø" };
  await sheaf.createDataset({ body: { path: "safety/qa", meta } });
  expect((await sheaf.getDataset({ dataset: "safety/qa" })).meta).toEqual(meta);
  const plain = connect("http://localhost", { fetch: request => app.fetch(request), plain: true });
  expect((await plain.getDataset({ dataset: "safety/qa" })).meta).toEqual(view(fromView(meta)));
});

test("the ETag of what was read guards a write; a stale one is an error that names both heads", async () => {
  const { sheaf } = await connected();
  await sheaf.createDataset({ body: { path: "qa" } });
  const { etag = "" } = await sheaf.answer("getDataset", { dataset: "qa" });
  const add = (id: string) =>
    sheaf.patchDataset({ dataset: "qa", ifMatch: etag, body: [{ op: "add", path: `/items/${id}`, value: {} }] });
  expect((await add("q1")).advanced).toBe(true);
  const error: unknown = await add("q2").catch((thrown: unknown) => thrown);
  expect(isSheafError(error, "stale-base") && error.data).toMatchObject({
    dataset: "qa",
    base: etag.split(".")[1]?.slice(0, -1),
  });
});

test("what is known already is not sent again", async () => {
  const { sheaf } = await connected();
  await sheaf.createDataset({ body: { path: "qa" } });
  const { etag = "" } = await sheaf.answer("getDataset", { dataset: "qa" });
  expect(await sheaf.answer("getDataset", { dataset: "qa", ifNoneMatch: etag })).toMatchObject({
    status: 304,
    body: undefined,
  });
});

test("what the server refuses has its code, its facts and the whole problem", async () => {
  const { sheaf } = await connected();
  await expect(sheaf.getDataset({ dataset: "none" })).rejects.toMatchObject({
    name: "SheafError",
    code: "no-such-ref",
    cause: { status: 404, requestId: "r1" },
  });
});

test("a token is sent; what only a server says is remote-failed, with its word as the reason", async () => {
  const { sheaf } = await connected({ token: "wrong" });
  const refused = { code: "remote-failed", data: { remote: "http://localhost", reason: "unauthorized", status: 401 } };
  await expect(sheaf.listDatasets()).rejects.toMatchObject(refused);
  expect(
    await (await connected({ token: "t" })).sheaf.getDataset({ dataset: "x" }).catch((error: unknown) => error),
  ).toMatchObject({ code: "no-such-ref" });
});

test("a server out of reach, and one that is no Sheaf, are remote-failed", async () => {
  const { sheaf } = answering(
    () => Promise.reject(new TypeError("fetch failed")),
    () => new Response("<h1>Bad gateway</h1>", { status: 502 }),
    () => new Response('{"code":5}', { status: 404 }),
  );
  for (const status of [undefined, 502, 404])
    expect(await sheaf.listDatasets().catch((error: unknown) => error)).toMatchObject({
      code: "remote-failed",
      data: { ...(status && { status }) },
    });
});

test("an aborted call throws what it was aborted with", async () => {
  const { sheaf } = await connected();
  await expect(sheaf.listDatasets({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
});

test("addresses that are none, and names that no address can hold, are refused before anything is sent", async () => {
  expect(() => connect("localhost:7117")).toThrow(/no address/);
  expect(() => connect("http://ada:secret@localhost")).toThrow(/token/);
  const { sheaf, asked } = answering();
  for (const dataset of ["", ".", ".."]) await expect(sheaf.getDataset({ dataset })).rejects.toThrow(/cannot stand/);
  await expect((sheaf as unknown as { getDataset: (args: object) => Promise<unknown> }).getDataset({})).rejects.toThrow(
    /dataset is missing/,
  );
  expect(asked).toEqual([]);
});

test("names keep their slashes, spaces and question marks", async () => {
  const { sheaf, asked } = answering();
  await sheaf.getDataset({ dataset: "a/b c?#%ü", at: "main~1" });
  expect(asked[0]?.url).toBe("http://localhost/api/v1/datasets/a%2Fb%20c%3F%23%25%C3%BC?at=main%7E1");
});

test("lines come as they are, cut anywhere, numbers exact", async () => {
  const type = "application/x-ndjson";
  const { sheaf } = answering(pieces(type, ['{"a":1', '.0}\n{"b":', "18446744073709551615}\n"]));
  expect(await gathered(sheaf.listDatasets())).toEqual([{ a: new Float(1) }, { b: 18446744073709551615n }]);
});

test("lines that break off, within one or between two, are never a short answer", async () => {
  const type = "application/x-ndjson";
  const { sheaf } = answering(pieces(type, ['{"a":1}\n{"b"']), pieces(type, ['{"a":1}\n'], new Error("cut")));
  for (const reason of [/ended within a line/, /cut/])
    await expect(gathered(sheaf.listDatasets())).rejects.toThrow(reason);
});

test("events go on behind the last one when the connection breaks, until there are no more", async () => {
  const type = "text/event-stream";
  const first = [
    "retry: 0\n\n: hello\n\nid: 1\nevent: ref\nda",
    'ta: {"n":1.0}\n\nid: 2\ndata: {"n":\ndata: 2}\n\nid: 3\ndata: 3',
  ];
  const { sheaf, asked } = answering(
    pieces(type, first, new Error("cut")),
    () => Promise.reject(new TypeError("fetch failed")),
    pieces(type, ["id: 3\r\ndata: 3\r\n\r\n"]),
  );
  expect(await gathered(sheaf.listDatasets())).toEqual([
    { id: "1", event: "ref", data: { n: new Float(1) } },
    { id: "2", event: "message", data: { n: 2 } },
    { id: "3", event: "message", data: 3 },
  ]);
  expect(asked.map(({ headers }) => headers.get("last-event-id"))).toEqual([null, "2", "2", "3"]);
});

test("events end with a refusal, and when they are aborted", async () => {
  const type = "text/event-stream";
  const refused = () => Response.json({ code: "unauthorized", detail: "the token was revoked" }, { status: 401 });
  const { sheaf } = answering(pieces(type, ["retry: 0\n\n"]), refused, pieces(type, ["data: 1\n\n"]));
  await expect(gathered(sheaf.listDatasets())).rejects.toThrow("the token was revoked");
  const stop = new AbortController();
  const events = (await sheaf.listDatasets({ signal: stop.signal })) as unknown as AsyncIterable<unknown>;
  const reading = (async () => {
    for await (const _ of events) stop.abort(new Error("enough"));
  })();
  await expect(reading).rejects.toThrow("enough");
});

test("types say what goes in and what comes out", () => {
  expectTypeOf<ArgumentsOf<"getDataset">>().toHaveProperty("dataset").toEqualTypeOf<string>();
  expectTypeOf<AnswerOf<"createDataset">["commit"]>().toEqualTypeOf<string>();
  expectTypeOf<Parameters<Client["listDatasets"]>[0]>().extract<undefined>().toEqualTypeOf<undefined>();
  // @ts-expect-error: a dataset is named
  void ((sheaf: Client) => sheaf.getDataset({}));
  // @ts-expect-error: the body has a path
  void ((sheaf: Client) => sheaf.createDataset({ body: {} }));
});

test.each([".", "..", "%2e", "a/b", "?row=x", "\u{1F600}"])(
  "a row of the id %j is added, read, changed and removed",
  async id => {
    const { sheaf, app } = await connected();
    await sheaf.createDataset({ body: { path: "qa" } });
    const { headers } = await sheaf.answer("addRow", { dataset: "qa", body: { id, item: { n: 1 } } });
    const located = await app.fetch(new Request(`http://localhost${headers.get("location")}`));
    expect(await located.json()).toMatchObject({ id, item: { n: 1 } });
    await sheaf.patchRow({ dataset: "qa", id, body: [{ op: "replace", path: "/n", value: 2 }] });
    await sheaf.putRow({ dataset: "qa", id, body: { item: { n: 3 } } });
    expect((await sheaf.getRow({ dataset: "qa", id }))?.item).toEqual({ n: 3 });
    expect((await sheaf.blameFields({ dataset: "qa", id }))?.fields).toHaveLength(1);
    await sheaf.addRow({ dataset: "qa", body: { id: "z", item: {} } });
    await sheaf.moveRow({ dataset: "qa", id, body: { after: "z" } });
    await sheaf.removeRow({ dataset: "qa", id });
    await expect(sheaf.getRow({ dataset: "qa", id })).rejects.toMatchObject({ code: "no-such-item" });
  },
);

test.each([".", "..", "", "-", "%2e", "a/b"])(
  "a column of the name %j is listed, renamed and removed",
  async column => {
    const { sheaf } = await connected();
    await sheaf.createDataset({ body: { path: "qa" } });
    await sheaf.addRow({ dataset: "qa", body: { id: "q1", item: { [column]: 1 } } });
    const names = async () => (await sheaf.listColumns({ dataset: "qa" })).columns.map(({ name }) => name);
    await sheaf.renameColumn({ dataset: "qa", column, body: { to: "x" } });
    expect(await names()).toEqual(["x"]);
    await sheaf.renameColumn({ dataset: "qa", column: "x", body: { to: column } });
    expect(await names()).toEqual([column]);
    await sheaf.removeColumn({ dataset: "qa", column });
    expect(await names()).toEqual([]);
  },
);

test("a path and a query that name two rows, or two columns, are refused", async () => {
  const { app } = await connected();
  const status = async (path: string, method = "GET") =>
    (await app.fetch(new Request(`http://localhost/api/v1/datasets/qa/${path}`, { method }))).status;
  expect(await status("rows/a?row=b")).toBe(400);
  expect(await status("columns/a?field=b", "DELETE")).toBe(400);
});
