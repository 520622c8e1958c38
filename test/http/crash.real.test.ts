/** Servers as processes: several over one folder or one bucket, killed again and again while clients write. Nothing that they said was done is lost, and nothing is done twice. */
import { expect, onTestFinished, test } from "vitest";
import { startVersity } from "../../packages/drives/test/versity.js";
import { freshShell } from "../cli/shell.js";
import { serve, sheaf, type Running, type Seat } from "./process.js";

/** An answer as JSON; `undefined` where the server went away before it gave one. */
async function ask(url: string, method: string, path: string, body: unknown, type = "application/json") {
  try {
    const headers = { "content-type": type };
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
    return { ok: answer.ok, status: answer.status, text: await answer.text() };
  } catch {
    return undefined;
  }
}

class Siege {
  readonly servers: Running[] = [];
  readonly acknowledged = new Set<string>();
  readonly unanswered = new Set<string>();
  readonly refused: string[] = [];
  kills = 0;
  #next = 0;
  #restarts: Promise<void>[] = [];

  constructor(
    readonly seat: Seat,
    readonly wantedKills: number,
    readonly editsBetween: number,
  ) {}

  async run(writers: number): Promise<void> {
    this.servers.push(...(await Promise.all([serve(this.seat, "--no-log"), serve(this.seat, "--no-log")])));
    await Promise.all(Array.from({ length: writers }, (_, i) => this.#write(`w${i}`)));
    await Promise.all(this.#restarts);
  }

  /** Rows are appended without an id: what is done twice stands there twice. */
  async #write(name: string): Promise<void> {
    for (let i = 0; this.kills < this.wantedKills; i++) {
      const mark = `${name}-${i}`;
      const { url } = this.servers[this.#next++ % this.servers.length];
      const answer = await (i % 2 === 0
        ? ask(url, "POST", "/datasets/qa/rows", { item: { mark } })
        : ask(
            url,
            "PATCH",
            "/datasets/qa",
            [{ op: "add", path: "/items/-", value: { mark } }],
            "application/json-patch+json",
          ));
      if (answer === undefined) this.unanswered.add(mark);
      else if (answer.ok) this.acknowledged.add(mark);
      else this.refused.push(`${answer.status} ${answer.text}`);
      if (this.acknowledged.size >= (this.kills + 1) * this.editsBetween) this.#kill();
    }
  }

  #kill(): void {
    const at = this.kills++ % this.servers.length;
    const restart = async () => {
      await this.servers[at].end("SIGKILL");
      this.servers[at] = await serve(this.seat, "--no-log");
    };
    this.#restarts.push(restart());
  }

  /** Stops the servers; says what came of it all. */
  async result() {
    const exits: (number | string)[] = [];
    for (const server of this.servers) exits.push(await server.end("SIGTERM"));
    const lines = (await sheaf(this.seat, "export", "qa")).trim().split("\n");
    const marks = lines.map(line => (JSON.parse(line) as { mark: string }).mark);
    const there = new Set(marks);
    const { acknowledged, unanswered, refused } = this;
    return {
      exits,
      twice: marks.length - there.size,
      lost: [...acknowledged].filter(mark => !there.has(mark)),
      neverAsked: marks.filter(mark => !acknowledged.has(mark) && !unanswered.has(mark)),
      refused,
      isWhole: !(await sheaf(this.seat, "verify")).includes("damaged"),
    };
  }
}

const asItShould = { exits: [0, 0], twice: 0, lost: [], neverAsked: [], refused: [], isWhole: true };

test("two servers over one folder are killed by turns while clients write: none lost, none twice", async () => {
  const { folder } = freshShell();
  await sheaf({ folder }, "init");
  await sheaf({ folder }, "dataset", "create", "qa");
  const siege = new Siege({ folder }, 12, 60);
  await siege.run(12);
  expect(await siege.result()).toEqual(asItShould);
  expect(siege.kills).toBe(siege.wantedKills);
});

test("two servers over one bucket, served from the command line, likewise", async () => {
  const bucket = await startVersity();
  onTestFinished(() => bucket.close());
  const { folder } = freshShell();
  const place = `s3://${bucket.bucket}/team?endpoint=${bucket.endpoint}&region=${bucket.region}`;
  const env = { AWS_ACCESS_KEY_ID: bucket.accessKeyId, AWS_SECRET_ACCESS_KEY: bucket.secretAccessKey };
  const seat = { folder, place, env };
  await sheaf({ folder, env }, "init", place);
  await sheaf(seat, "dataset", "create", "qa");
  const siege = new Siege(seat, 8, 40);
  await siege.run(8);
  expect(await siege.result()).toEqual(asItShould);
  expect(siege.kills).toBe(siege.wantedKills);
});
