/** How tests speak to the server as Humanloop's SDKs do, without a port. */
import { Town } from "./town.js";

export type Json = Record<string, unknown>;

/** A dataset's record, as far as tests look at it. */
export interface Version extends Json {
  readonly id: string;
  readonly path: string;
  readonly version_id: string;
  readonly datapoints_count: number;
  readonly created_at: string;
}

export class Client {
  private constructor(readonly town: Town) {}

  /** A client of a new town, which is put among these. */
  static async open(towns: Town[] = []): Promise<Client> {
    const town = await Town.open();
    towns.push(town);
    return new Client(town);
  }

  static of(town: Town): Client {
    return new Client(town);
  }

  /** Asks below the prefix of the SDK's base URL, and throws for any other status. */
  async ask(method: string, path: string, body?: unknown, status = 200, headers: Record<string, string> = {}) {
    const answer = await this.town.ask(method, `/humanloop/v5${path}`, body, { "x-api-key": "key", ...headers });
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status}, not ${status}: ${answer.text}`);
    return answer.body as Json;
  }

  /** Upserts datapoints into the dataset at a path. */
  async upsert(path: string, datapoints: readonly unknown[], more: Json = {}, query = ""): Promise<Version> {
    return (await this.ask("POST", `/datasets${query}`, { path, datapoints, ...more })) as Version;
  }

  /** As {@link upsert}, but it is refused. */
  refused(status: number, path: string, datapoints: readonly unknown[], more: Json = {}, query = ""): Promise<Json> {
    return this.ask("POST", `/datasets${query}`, { path, datapoints, ...more }, status);
  }

  async get(id: string, query = ""): Promise<Version> {
    return (await this.ask("GET", `/datasets/${id}${query}`)) as Version;
  }

  /** The datapoints of a version. */
  async datapoints(id: string, query = ""): Promise<Json[]> {
    return (await this.ask("GET", `/datasets/${id}/datapoints${query}`))["records"] as Json[];
  }

  /** The answers in the datapoints that `point` made. */
  async answers(id: string, query = ""): Promise<unknown[]> {
    return (await this.datapoints(id, query)).map(one => (one["target"] as Json)["answer"]);
  }

  async versions(id: string, query = ""): Promise<Version[]> {
    return (await this.ask("GET", `/datasets/${id}/versions${query}`))["records"] as Version[];
  }

  /** Deploys a version. */
  async deploy(id: string, environment: string, version: string): Promise<Version> {
    return (await this.ask("POST", `/datasets/${id}/environments/${environment}?version_id=${version}`)) as Version;
  }
}

export const point = (n: number) => ({ inputs: { q: `question ${n}` }, target: { answer: n } });
export const points = (...ns: readonly number[]) => ns.map(point);
