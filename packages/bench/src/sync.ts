/**
 * Sheaf between two repositories by way of a third, a bare one of git's or a folder of Sheaf's: first push, clone, and push, fetch and pull of one changed row.
 *
 * Phases of the benchmark; their names begin the names of their numbers.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Repository } from "sheaf";
import { idOf } from "./data.js";
import { changedLine, commitAll, freshRepository, git } from "./git.js";
import { dataset, repositoryIn, type Numbers, type Setting } from "./setting.js";
import { median, timeOf } from "./stopwatch.js";

/** Rounds of one changed row, fetched and pulled in turn; the first two are not in the medians, as V8 has not compiled the code. */
const rounds = 14;
const warmUp = 2;
const adoptions = 5;

/** What the third one is. */
type Way = "syncGit" | "syncFolder";

const author = () => ({ name: "Bench", email: "bench@localhost" });
const copyIn = (folder: string) => join(folder, "sync-copy");
const hostIn = (folder: string) => join(folder, "sync-host");

async function makeHost(folder: string, way: Way): Promise<string> {
  rmSync(hostIn(folder), { recursive: true, force: true });
  if (way === "syncFolder") await Repository.open(hostIn(folder), { create: true });
  else freshRepository(folder, "sync-host", "--bare");
  return pathToFileURL(hostIn(folder)).href;
}

async function firstPush({ folder }: Setting, way: Way): Promise<Numbers> {
  const repository = await Repository.open(repositoryIn(folder), { author });
  await repository.addRemote(way, await makeHost(folder, way));
  let sent = 0;
  const time = await timeOf(async () => (sent = (await repository.push(way, ["main"])).traffic.sent));
  return { [`${way}First`]: time, [`${way}FirstBytes`]: sent };
}

/** A clone in two steps, which tells what came. */
async function clone({ folder }: Setting, way: Way): Promise<Numbers> {
  rmSync(copyIn(folder), { recursive: true, force: true });
  const copy = await Repository.open(copyIn(folder), { author, create: true });
  await copy.addRemote("origin", pathToFileURL(hostIn(folder)).href);
  let received = 0;
  const time = await timeOf(async () => {
    received = (await copy.fetch("origin")).traffic.received;
    await copy.merge("origin/main");
  });
  return { [`${way}Clone`]: time, [`${way}CloneBytes`]: received };
}

async function oneRow(setting: Setting, way: Way): Promise<Numbers> {
  const { folder } = setting;
  const repository = await Repository.open(repositoryIn(folder), { author });
  const copy = await Repository.open(copyIn(folder), { author });
  const times: Record<"push" | "fetch" | "pull", number[]> = { push: [], fetch: [], pull: [] };
  let sent = 0;
  let received = 0;
  for (let round = 0; round < rounds; round++) {
    await repository.dataset(dataset).patch([changeOf(setting, round + (way === "syncGit" ? 0 : rounds))]);
    times.push.push(await timeOf(async () => (sent = (await repository.push(way, ["main"])).traffic.sent)));
    if (round % 2 === 0)
      times.fetch.push(await timeOf(async () => (received = (await copy.fetch("origin")).traffic.received)));
    const pull = await timeOf(() => copy.pull({ remote: "origin", branch: "main" }));
    if (round % 2 === 1) times.pull.push(pull);
  }
  return {
    [`${way}PushFirst`]: times.push[0],
    [`${way}Push`]: median(times.push.slice(warmUp)),
    [`${way}PushBytes`]: sent,
    [`${way}Fetch`]: median(times.fetch.slice(warmUp / 2)),
    [`${way}FetchBytes`]: received,
    [`${way}Pull`]: median(times.pull.slice(warmUp / 2)),
    ...(way === "syncGit" && { syncGitAdopt: await adopted(folder, copy) }),
  };
}

function changeOf({ rows }: Setting, round: number) {
  const path = `/items/${idOf((round * 7919) % rows)}/score`;
  return { op: "replace" as const, path, value: round + 0.5 };
}

/** A pull of a commit that changes one line, made with git. */
async function adopted(folder: string, copy: Repository): Promise<number> {
  const work = join(folder, "sync-colleague");
  git(folder, "clone", "--quiet", pathToFileURL(hostIn(folder)).href, work);
  const files = readdirSync(work, { recursive: true, encoding: "utf8" }).filter(name => name.endsWith(".jsonl"));
  const file = join(work, files[files.length >> 1]);
  const times: number[] = [];
  for (let n = 0; n < adoptions; n++) {
    writeFileSync(file, changedLine(readFileSync(file), `{"changed":${n}}`));
    commitAll(work);
    git(work, "push", "--quiet");
    times.push(await timeOf(() => copy.pull({ remote: "origin", branch: "main" })));
  }
  rmSync(work, { recursive: true });
  return median(times.slice(1));
}

const ways: readonly Way[] = ["syncGit", "syncFolder"];

/** What a phase of this name does. */
export const syncPhases: Readonly<Record<string, (setting: Setting) => Promise<Numbers>>> = Object.fromEntries(
  ways.flatMap(way => [
    [`${way}First`, (setting: Setting) => firstPush(setting, way)],
    [`${way}Clone`, (setting: Setting) => clone(setting, way)],
    [`${way}Row`, (setting: Setting) => oneRow(setting, way)],
  ]),
);
