/**
 * `npm run bench -- --server`: requests a second and times of the server, beside plain node:http with the same payload, from 1 to 64 clients.
 *
 * Generator and server share the machine, as both sides do: the ratios say more than the rates.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { idOf, writeRows } from "./data.js";
import { put, type Outcome, type Sent } from "./load.js";
import { program, servePlain, serveSheaf, type Served } from "./served.js";
import { dataset } from "./setting.js";

/** What is sent, by name. */
export interface Case {
  readonly name: string;
  readonly next: (turn: number) => Sent;
}

/** One line of the table. */
export interface Loaded {
  readonly name: string;
  readonly clients: number;
  readonly sheaf: Outcome;
  readonly plain: Outcome;
}

export interface ServerNumbers {
  readonly rows: number;
  readonly loads: readonly Loaded[];
  /** Bytes in memory after warming up, and at the end of the soak. */
  readonly memory: readonly [number, number];
  readonly soakSeconds: number;
}

export interface ServerOptions {
  readonly rows: number;
  readonly seconds: number;
  readonly clients: readonly number[];
  readonly soakSeconds: number;
}

const base = `/api/v1/datasets/${dataset}`;

function cases(rows: number): Case[] {
  const place = (turn: number) => (turn * 7919) % rows;
  const page = (turn: number): Sent => ({ method: "GET", path: `${base}/rows?limit=100&offset=${place(turn)}` });
  const edit = (turn: number): Sent => ({
    method: "PATCH",
    path: base,
    body: JSON.stringify([{ op: "add", path: `/items/${idOf(place(turn))}/number`, value: turn }]),
  });
  return [
    { name: "page of 100 rows", next: page },
    { name: "one row by id", next: turn => ({ method: "GET", path: `${base}/rows/${idOf(place(turn))}` }) },
    { name: "edit of one row", next: edit },
    { name: "nine pages, one edit", next: turn => (turn % 10 === 9 ? edit(turn) : page(turn)) },
  ];
}

/** Measures the server over a new repository in a folder. */
export async function measureServer(folder: string, options: ServerOptions): Promise<ServerNumbers> {
  const repository = makeRepository(folder, options.rows);
  const sheaf = await serveSheaf(repository);
  try {
    const loads: Loaded[] = [];
    for (const one of cases(options.rows)) loads.push(...(await measureCase(folder, sheaf, one, options)));
    return { rows: options.rows, loads, memory: await soak(sheaf, options), soakSeconds: options.soakSeconds };
  } finally {
    await sheaf.stop();
  }
}

function makeRepository(folder: string, rows: number): string {
  const repository = join(folder, "served");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "rows.jsonl");
  writeRows(file, rows);
  const sheaf = (...args: string[]) => execFileSync(process.execPath, [program, ...args], { stdio: "ignore" });
  sheaf("init", repository);
  sheaf("-C", repository, "import", dataset, file, "--key", "id");
  return repository;
}

/** Both servers in turn, at each number of clients. */
async function measureCase(folder: string, sheaf: Served, { name, next }: Case, options: ServerOptions) {
  const payload = join(folder, "payload.json");
  const sample = await fetch(sheaf.url + (next(0).method === "GET" ? next(0).path : base));
  if (!sample.ok) throw new Error(`${name}: ${sample.status} ${await sample.text()}`);
  writeFileSync(payload, new Uint8Array(await sample.arrayBuffer()));
  const plain = await servePlain(payload);
  const loads: Loaded[] = [];
  try {
    for (const clients of options.clients) {
      process.stderr.write(`${name}, ${clients} clients\n`);
      const load = { clients, seconds: options.seconds, next };
      loads.push({
        name,
        clients,
        plain: await put({ url: plain.url, ...load }),
        sheaf: await put({ url: sheaf.url, ...load }),
      });
    }
  } finally {
    await plain.stop();
  }
  return loads;
}

/** The mixed load again, for longer: memory after a tenth of the time and at the end. */
async function soak(sheaf: Served, { rows, soakSeconds }: ServerOptions): Promise<[number, number]> {
  const mixed = cases(rows).at(-1);
  if (mixed === undefined || soakSeconds === 0) return [0, 0];
  const load = { url: sheaf.url, clients: 16, next: mixed.next };
  await put({ ...load, seconds: Math.ceil(soakSeconds / 10) });
  const before = sheaf.memory();
  await put({ ...load, seconds: soakSeconds });
  return [before, sheaf.memory()];
}

/** The table, as Markdown. */
export function printServer({ rows, loads, memory, soakSeconds }: ServerNumbers): string {
  const lines = loads.map(({ name, clients, sheaf, plain }) =>
    [
      name,
      clients,
      ...[sheaf, plain].map(({ perSecond }) => Math.round(perSecond).toLocaleString("en")),
      `${(sheaf.perSecond / plain.perSecond).toPrecision(2)} ×`,
      ...[sheaf.p50, sheaf.p97, sheaf.p99].map(ms => `${ms} ms`),
      sheaf.failed,
    ].join(" | "),
  );
  const mib = memory.map(bytes => `${(bytes / 2 ** 20).toFixed(0)} MiB`).join(" → ");
  return [
    "| " +
      ["", "clients", "requests/s", "plain node:http", "ratio", "p50", "p97.5", "p99", "failed"].join(" | ") +
      " |",
    `| --- |${" ---: |".repeat(8)}`,
    ...lines.map(line => `| ${line} |`),
    "",
    `A dataset of ${rows.toLocaleString("en")} rows. Memory of the server over a soak of ${soakSeconds} s with 16 clients: ${mib}.`,
  ].join("\n");
}
