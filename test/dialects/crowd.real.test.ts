/** The vendors' own SDKs and the native API at once on one dataset of one server, which is killed in the middle of it: what was acknowledged is there, once. */
import { expect, test } from "vitest";
import { freshShell } from "../cli/shell.js";
import { serve, sheaf, type Running, type Seat } from "../http/process.js";
import { npmSdk } from "./sdks.js";

const rounds = 12;

/** What a client does; each throws where it was not acknowledged. */
interface Client {
  add(k: string): Promise<unknown>;
  remove?(k: string): Promise<unknown>;
}

/** As much of the SDKs as is used. */
type Call = (...given: readonly unknown[]) => Promise<never>;
type Module = Readonly<Record<string, Call>>;

async function opik(url: string): Promise<Client> {
  const { Opik } = (await npmSdk("opik@2.0.40")("opik")) as unknown as { Opik: new (options: object) => Module };
  const client = new Opik({ apiUrl: `${url}/opik/api`, workspaceName: "default", projectName: "p" });
  const dataset: Module = await client["getDataset"]("busy");
  return {
    add: k => dataset["insert"]([{ k }]),
    async remove(k) {
      const items: { id: string; k: string }[] = await dataset["getItems"]();
      await dataset["delete"](items.filter(item => item.k === k).map(({ id }) => id));
    },
  };
}

async function arize(url: string): Promise<Client> {
  process.env["DISABLE_PRERELEASE_WARNING"] = "true";
  const sdk = (await npmSdk("@arizeai/ax-client@1.28.0")("@arizeai/ax-client")) as Module;
  const client = (sdk["createClient"] as unknown as (options: object) => unknown)({
    apiKey: "key",
    baseUrl: `${url}/arize`,
  });
  const { data }: { data: { id: string }[] } = await sdk["listDatasets"]({ client, name: "busy" });
  return { add: k => sdk["appendExamples"]({ client, dataset: data[0].id, examples: [{ k }] }) };
}

async function humanloop(url: string): Promise<Client> {
  const { HumanloopClient } = (await npmSdk("humanloop@0.8.20")("humanloop")) as unknown as {
    HumanloopClient: new (options: object) => { datasets: Module };
  };
  const { datasets } = new HumanloopClient({ apiKey: "key", baseUrl: `${url}/humanloop/v5` });
  const upsert = (action: string) => (k: string) =>
    datasets["upsert"]({ path: "busy", action, datapoints: [{ inputs: { k } }] });
  return { add: upsert("add"), remove: upsert("remove") };
}

async function galileo(url: string): Promise<Client> {
  Object.assign(process.env, {
    GALILEO_API_URL: `${url}/galileo`,
    GALILEO_CONSOLE_URL: `${url}/galileo`,
    GALILEO_API_KEY: "k",
  });
  const sdk = (await npmSdk("galileo@1.33.1", "galileo-generated@0.2.14")("galileo")) as Module;
  const { id: datasetId }: { id: string } = await sdk["getDataset"]({ name: "busy" });
  return { add: k => sdk["addRowsToDataset"]({ datasetId, rows: [{ k }] }) };
}

async function native(url: string): Promise<Client> {
  const patch = async (operation: object) => {
    const headers = { "content-type": "application/json-patch+json" };
    const body = JSON.stringify([operation]);
    const { ok, status } = await fetch(`${url}/api/v1/datasets/busy`, { method: "PATCH", headers, body });
    if (!ok) throw new Error(String(status));
  };
  return {
    add: k => patch({ op: "add", path: `/items/${k}`, value: { k } }),
    remove: k => patch({ op: "remove", path: `/items/${k}` }),
  };
}

/** Who acknowledged what; of what was not answered nothing is known. */
class Count {
  readonly added = new Set<string>();
  readonly removed = new Set<string>();
  readonly unknown = new Set<string>();
  readonly errors: string[] = [];

  async run(name: string, client: Client, pause: () => Promise<unknown>): Promise<void> {
    for (let i = 0; i < rounds; i++) {
      const k = `${name}-${i}`;
      if (await this.#does(k, () => client.add(k), pause)) this.added.add(k);
      const old = `${name}-${i - 3}`;
      if (
        i % 4 === 3 &&
        client.remove &&
        this.added.has(old) &&
        (await this.#does(old, () => client.remove?.(old), pause))
      )
        this.removed.add(old);
    }
  }

  async #does(k: string, work: () => Promise<unknown> | undefined, pause: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.unknown.add(k);
      this.errors.push(String(error));
      await pause();
      return false;
    }
  }
}

test("five clients at once, a server that dies, and nothing lost or doubled", { timeout: 300_000 }, async () => {
  const { folder } = freshShell();
  const seat: Seat = { folder };
  await sheaf(seat, "init");
  await sheaf(seat, "dataset", "create", "busy");
  let server: Running = await serve(seat, "--no-log");
  const { url, port } = server;
  const clients = { opik, arize, humanloop, galileo, native };
  const ready = await Promise.all(
    Object.entries(clients).map(async ([name, open]) => [name, await open(url)] as const),
  );
  const count = new Count();
  let restarted: Promise<void> | undefined;
  const restart = async () => {
    await server.end("SIGKILL");
    server = await serve(seat, "--no-log", "--port", String(port));
  };
  const watch = setInterval(() => {
    if (count.added.size > (rounds * ready.length) / 3) restarted ??= restart();
  }, 20);
  await Promise.all(ready.map(([name, client]) => count.run(name, client, async () => restarted)));
  clearInterval(watch);
  await restarted;
  expect(await server.end("SIGTERM")).toBe(0);
  const rows = (await sheaf(seat, "export", "busy")).trim().split("\n");
  const keys = rows
    .map(row => JSON.parse(row) as { k?: string; inputs?: { k: string } })
    .map(({ k, inputs }) => k ?? inputs?.k ?? "");
  const there = new Set(keys);
  expect(keys.length).toBe(there.size);
  const sure = (all: Set<string>) => [...all].filter(k => !count.unknown.has(k));
  expect(sure(count.added).filter(k => !count.removed.has(k) && !there.has(k))).toEqual([]);
  expect(sure(count.removed).filter(k => there.has(k))).toEqual([]);
  // Galileo's SDK names the version that it adds to, and is refused where that is not the newest any more; all else is the server that was away.
  expect(count.errors.filter(error => !/412|fetch failed|ECONN|socket|aborted|closed/i.test(error))).toEqual([]);
  expect(count.added.size).toBeGreaterThan(rounds * 3);
  expect(await sheaf(seat, "verify")).not.toContain("damaged");
});
