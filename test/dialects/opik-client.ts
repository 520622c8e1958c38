/** What tests ask of the Opik dialect, without a port. */
import { nodePlatform } from "@sheaf/drives/node";
import { randomBytes } from "node:crypto";
import { Town, type Answer } from "./town.js";

const root = "/opik/api/v1/private";
let last = 0;

/** A UUIDv7, each one greater than those before. */
export function uuid7(): string {
  last = Math.max(last + 1, nodePlatform.now());
  const time = last.toString(16).padStart(12, "0");
  const random = randomBytes(10).toString("hex");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`;
}

type Item = Record<string, unknown>;

export class OpikClient {
  private constructor(readonly town: Town) {}

  /** `model` stands for a language model's endpoint: what it answers to a body. */
  static readonly open = async (model?: (body: string) => string): Promise<OpikClient> => {
    const asked = async (_: string, { body }: RequestInit) => new Response(model?.(body as string));
    return new OpikClient(await Town.open(undefined, model ? { model: { fetch: asked } } : {}));
  };

  readonly get = (path: string) => this.town.ask("GET", root + path);
  readonly post = (path: string, body: unknown) => this.town.ask("POST", root + path, body);
  readonly put = (path: string, body: unknown) => this.town.ask("PUT", root + path, body);
  readonly patch = (path: string, body: unknown) => this.town.ask("PATCH", root + path, body);
  readonly delete = (path: string) => this.town.ask("DELETE", root + path);

  /** Makes a dataset; gives its id. */
  async create(name: string, more: object = {}): Promise<string> {
    const id = uuid7();
    ok(await this.post("/datasets", { name, id, ...more }), 201);
    return id;
  }

  /** Puts items `{ i }` under fresh ids; gives the ids. */
  async fill(dataset: string, count: number, group?: string): Promise<string[]> {
    const ids = Array.from({ length: count }, uuid7);
    const items = ids.map((id, i) => ({ id, source: "sdk", data: { i } }));
    ok(await this.put("/datasets/items", { dataset_id: dataset, items, batch_group_id: group }), 204);
    return ids;
  }

  /** The lines of a stream, after a look at their form. */
  async stream(body: object): Promise<Item[]> {
    const answer = ok(await this.post("/datasets/items/stream", body), 200);
    if (answer.headers.get("content-type") !== "application/octet-stream") throw new Error("not a stream");
    const lines = answer.text.split("\r\n");
    if (lines.pop() !== "") throw new Error("the last line has no end");
    return lines.map(line => JSON.parse(line) as Item);
  }

  /** The ids of the newest version, newest first. */
  async ids(name: string, more: object = {}): Promise<unknown[]> {
    return (await this.stream({ dataset_name: name, ...more })).map(({ id }) => id);
  }

  async dataset(name: string): Promise<Item> {
    return ok(await this.post("/datasets/retrieve", { dataset_name: name }), 200).body;
  }

  /** The versions, newest first. */
  async versions(dataset: string): Promise<Item[]> {
    const { body } = ok(await this.get(`/datasets/${dataset}/versions?size=100`), 200);
    return (body as { content: Item[] }).content;
  }
}

/** What opens clients, and the servers that they were opened on: for the operations that a test file used. */
export function clients() {
  const towns: Town[] = [];
  const open = async (model?: (body: string) => string): Promise<OpikClient> => {
    const opik = await OpikClient.open(model);
    towns.push(opik.town);
    return opik;
  };
  return { open, towns };
}

/** An item as an SDK sends it. */
export const item = (id: string, data: object) => ({ id, source: "sdk", data });

/** Gives the answer back if it has this status. */
export function ok(answer: Answer, status: number): Answer {
  if (answer.status === status) return answer;
  throw new Error(`status ${answer.status} in place of ${status}: ${answer.text}`);
}
