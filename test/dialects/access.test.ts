/**
 * Every route of every dialect against every kind of token: none, too weak, and for another dataset.
 *
 * Taken from the tables of routes, so that a route that is added is asked too. The law: a token for one dataset neither reads nor changes another one, nor what
 * vendors keep beside the datasets, by whatever name of theirs it is called.
 */
import { allDialects, createToken, type Dialect, type Route } from "@sheaf/server";
import { expect, test } from "vitest";
import { uuid } from "./galileo-client.js";
import { ok } from "./opik-client.js";
import { Town, type Answer } from "./town.js";
import { fillings, hidden, requests, secretWord, type Params } from "./vendor-requests.js";

const keyHeaders: Readonly<Record<string, string>> = {
  opik: "authorization",
  arize: "authorization",
  galileo: "galileo-api-key",
  humanloop: "x-api-key",
};

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** A server with tokens, one dataset that all may see, and one that the token `qa` is not for, with all that a vendor keeps around it. */
class Scene {
  /** What stands for the names in paths, by how these begin. */
  params: Readonly<Record<string, Params>> = {};

  private constructor(
    readonly dialect: Dialect,
    readonly town: Town,
    readonly tokens: Readonly<Record<string, string>>,
  ) {}

  static async begin(dialect: Dialect): Promise<Scene> {
    const town = await Town.open();
    await town.repo.dataset("qa").import([{ id: "q1", a: "open" }], { key: "id" });
    const rows = [
      { id: "h1", input: secretWord },
      { id: "h2", inputs: { a: secretWord } },
    ];
    await town.repo.dataset(hidden).import(rows, { key: "id" });
    await town.repo.dataset(hidden).patch([{ op: "add", path: "/meta/description", value: secretWord }]);
    const token = async (more: object) =>
      (await createToken(town.repo.local(), { name: "Eve", email: "eve@example.org", scope: "admin", ...more })).secret;
    const [admin, read, qa] = [await token({}), await token({ scope: "read" }), await token({ datasets: ["qa"] })];
    const scene = new Scene(dialect, town, { admin, read, qa });
    scene.params = await fillings[dialect.name](async (method, path, body, status) => {
      const answer = await scene.ask({ method, path, body }, "admin");
      return ok(answer, status).body;
    }, qa);
    return scene;
  }

  ask({ method, path, body }: Asked, token?: string): Promise<Answer> {
    const { name, prefixes } = this.dialect;
    const key = token === undefined ? undefined : this.tokens[token];
    const headers = key === undefined ? {} : { [keyHeaders[name]]: name === "arize" ? `Bearer ${key}` : key };
    return this.town.ask(method, prefixes[0] + path, body, headers);
  }

  /** What stands for the names in a path. */
  #paramsFor(path: string): Params {
    const known = Object.keys(this.params).filter(at => path.startsWith(at));
    return Object.assign({}, ...known.map(at => this.params[at])) as Params;
  }

  /** A request of a route about what is hidden. */
  request({ method, path, operationId }: Route): Asked {
    const params = this.#paramsFor(path);
    const { body, query = "" } = requests[this.dialect.name][operationId]?.(params) ?? {};
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? uuid(9)));
    return { method, path: filled + query, body };
  }

  /** Whether it is known here what a good request of the route is. */
  isKnown({ method, path, operationId }: Route): boolean {
    if (operationId in requests[this.dialect.name]) return true;
    const names = Object.keys(this.#paramsFor(path));
    return !method.startsWith("P") && [...path.matchAll(/\{(\w+)\}/g)].every(([, name]) => names.includes(name));
  }

  /** All that a token for another dataset may not change. */
  async state(): Promise<unknown> {
    const { repo } = this.town;
    const datasets = [];
    for await (const { path, cid } of repo.datasets()) if (path !== "qa") datasets.push([path, cid]);
    return { datasets, versions: await repo.versions.of(hidden), environments: await repo.environments(hidden) };
  }
}

const each = allDialects.map(dialect => [dialect.name, dialect] as const);

test.each(each)("%s: no route tells or changes what a token is not for", async (_, dialect) => {
  const scene = await Scene.begin(dialect);
  const before = await scene.state();
  for (const route of dialect.routes) {
    const asked = scene.request(route);
    const whole = JSON.stringify(asked);
    const told = [route.operationId];
    if (route.scope !== "open") expect([...told, (await scene.ask(asked)).status]).toEqual([...told, 401]);
    if (route.scope === "write") expect([...told, (await scene.ask(asked, "read")).status]).toEqual([...told, 403]);
    const { status, text, headers } = await scene.ask(asked, "qa");
    expect([...told, status < 500 || text]).toEqual([...told, true]);
    // A refusal may say what the request said.
    for (const word of [secretWord, "jailbreaks"])
      if (!whole.includes(word))
        expect(`${route.operationId} ${text} ${[...headers.values()].join(" ")}`).not.toContain(word);
  }
  expect(await scene.state()).toEqual(before);
});

/** What is refused to everybody here: no language model is configured, the folder is not empty, and the space is the server's own. */
const refused: Readonly<Record<string, number>> = {
  delete_space: 409,
  extend_dataset_content: 422,
  expandDataset: 400,
  delete_directories__id__delete: 409,
};

/** Reading first, and last what takes away what others are about. */
function rank({ scope, method, operationId }: Route): number {
  if (scope !== "write") return 0;
  return method === "DELETE" || /delete|move|remove|update_directories/i.test(operationId) ? 2 : 1;
}

test.each(each)(
  "%s: these requests are good, so that it is the token for which they were refused",
  async (_, dialect) => {
    let scene = await Scene.begin(dialect);
    for (const route of dialect.routes.filter(one => scene.isKnown(one)).sort((a, b) => rank(a) - rank(b))) {
      let answer = await scene.ask(scene.request(route), "admin");
      // What it is about may be gone by now.
      if (answer.status >= 400 && rank(route) > 0) {
        scene = await Scene.begin(dialect);
        answer = await scene.ask(scene.request(route), "admin");
      }
      const isGood = answer.status === (refused[route.operationId] ?? Math.min(answer.status, 399));
      expect([route.operationId, isGood || answer.text]).toEqual([route.operationId, true]);
    }
  },
);
