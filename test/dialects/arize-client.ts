/** What Arize's SDKs send, in short: for tests without a port. */
import { Town, type Answer } from "./town.js";

export class ArizeClient {
  private constructor(readonly town: Town) {}

  static readonly open = async (): Promise<ArizeClient> => new ArizeClient(await Town.open());
  static readonly of = (town: Town): ArizeClient => new ArizeClient(town);

  /** Asks below the prefix, with the headers of the SDK for TypeScript. */
  ask(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.town.ask(method, `/arize/v2${path}`, body, {
      authorization: "Bearer key",
      "sdk-language": "javascript",
      "sdk-package-name": "@arizeai/ax-client",
    });
  }

  readonly get = (path: string) => this.ask("GET", path);
  readonly post = (path: string, body?: unknown) => this.ask("POST", path, body);
  readonly patch = (path: string, body?: unknown) => this.ask("PATCH", path, body);
  readonly delete = (path: string, body?: unknown) => this.ask("DELETE", path, body);

  /** The id of the first space. */
  async space(): Promise<string> {
    const { spaces } = ok(await this.get("/spaces"), 200).body as { spaces: { id: string }[] };
    return spaces[0].id;
  }

  /** Makes a dataset of these examples; gives its id as a segment of paths. */
  async create(name: string, examples: readonly object[]): Promise<string> {
    const { id } = ok(await this.post("/datasets", { name, space_id: await this.space(), examples }), 201)
      .body as Dataset;
    return encodeURIComponent(id);
  }

  async dataset(id: string): Promise<Dataset> {
    return ok(await this.get(`/datasets/${id}`), 200).body;
  }

  /** The examples of a version, all pages. */
  async examples(id: string, version = "", limit = 500): Promise<Example[]> {
    const all: Example[] = [];
    let cursor: string | undefined = "";
    while (cursor !== undefined) {
      const query = `dataset_version_id=${encodeURIComponent(version)}&limit=${limit}&cursor=${encodeURIComponent(cursor)}`;
      const page = ok(await this.get(`/datasets/${id}/examples?${query}`), 200).body as ExamplePage;
      all.push(...page.examples);
      cursor = page.pagination.next_cursor;
    }
    return all;
  }
}

export interface Version {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Dataset extends Version {
  readonly space_id: string;
  readonly versions: readonly Version[];
}

export type Example = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly created_at: string;
  readonly updated_at: string;
};

interface ExamplePage {
  readonly examples: readonly Example[];
  readonly pagination: { readonly has_more: boolean; readonly next_cursor?: string };
}

/** Gives the answer back if it has this status. */
export function ok(answer: Answer, status: number): Answer {
  if (answer.status === status) return answer;
  throw new Error(`status ${answer.status} in place of ${status}: ${answer.text}`);
}
