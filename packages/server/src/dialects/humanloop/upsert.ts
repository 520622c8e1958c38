/** Humanloop's one way to write datapoints: set, add or remove, on a version, which makes another version or finds one. */
import {
  isObject,
  sameValue,
  type DatasetInfo,
  type DatasetVersion,
  type Operation,
  type ValueObject,
} from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { rewrite, type Plan, type Reading } from "../catalog/rewrite.js";
import { rowsIn } from "../catalog/words.js";
import { attributesOf, contentsOf, type DigestList } from "./content.js";
import { editOf, patchOf, resultOf, type Action, type Given, type RowEdit } from "./edits.js";
import { environmentsOf } from "./environments.js";
import { conflict, missing } from "./errors.js";
import { checkName, namesOf, naming, noteNames, type Names } from "./naming.js";
import { findSaved, needSaved, readLine, savedAt, type Line, type Saved } from "./saved.js";

/** What a request wants. */
export interface Wish extends Names {
  readonly action: Action;
  readonly given: Given;
  /** Default: those of the base; none for `set`. */
  readonly attributes?: ValueObject | undefined;
  readonly versionId?: string | undefined;
  readonly environment?: string | undefined;
  /** Without a version or an environment the base is what is deployed to the default environment, if anything is, and not the latest version. */
  readonly isOnDefault: boolean;
}

export interface Upserted {
  readonly line: Line;
  readonly saved: Saved;
}

/** Makes the version that is wished, or finds it. The dataset is made where there is none. Throws 404 and 409, with nothing stored. */
export async function upsert(call: Call, desk: Desk, path: string, wish: Wish): Promise<Upserted> {
  const run = () => new Upsert(call, desk, path, wish).run();
  // What has no name need not wait.
  return (wish.name ?? wish.commitMessage) === undefined ? run() : naming(desk, path, run);
}

class Upsert {
  /** What is there already. */
  #known: Saved | undefined;
  #list: DigestList = [];
  /** Rows of what was read that repeat others, where new ones come in behind them. */
  #repeats: readonly number[] = [];
  #reading: Reading | undefined;

  constructor(
    readonly call: Call,
    readonly desk: Desk,
    readonly path: string,
    readonly wish: Wish,
  ) {}

  async run(): Promise<Upserted> {
    const { call, desk, path } = this;
    const edited = await rewrite(call, desk, path, reading => this.#plan(reading));
    const known = this.#known;
    if (!edited && known) await noteNames(call, desk, path, known, this.wish);
    const commit = edited?.commit ?? (await desk.repo.resolve("HEAD"));
    const version = await desk.repo.dataset(path).at(commit);
    if (edited) await this.#remember(version, commit);
    const line = await readLine(call, desk.repo, version.info);
    const found = known && !edited ? findSaved(line, known.content.versionId) : undefined;
    return { line, saved: found ?? (await savedAt(desk.repo, line, version, commit)) };
  }

  async #plan(reading: Reading): Promise<Plan | undefined> {
    const { wish, call, desk } = this;
    const { version: head } = reading;
    const contents = contentsOf(desk.repo);
    const line = head && (await readLine(call, desk.repo, head.info));
    const base = line ? await baseOf(desk, line, wish) : noBase(wish);
    this.#reading = reading;
    this.#list = await resultOf(contents, wish.action, base?.version, wish.given);
    const isBehind = wish.action === "add" && base?.version.info.cid === head?.info.cid;
    this.#repeats = (isBehind && base?.content.repeats) || [];
    const before = base && wish.action !== "set" ? attributesOf(base.version) : {};
    const attributes = wish.attributes ?? before;
    this.#known = undefined;
    if (line && head) {
      const id = contents.versionId(head.info.id, this.#list, attributes);
      this.#known = line.versions.find(({ content }) => content.versionId === id);
      checkName(line, this.#known, wish);
      if (this.#known) return undefined;
    }
    const edit = await editOf(contents, wish.action, { head, base: base?.version }, wish.given);
    return this.#planOf(edit, head, attributes);
  }

  async #planOf({ patch, rows, added }: RowEdit, head: DatasetVersion | undefined, wanted: ValueObject): Promise<Plan> {
    const { call, desk, path, wish } = this;
    const kept = attributesPatch(head?.info, wanted);
    const message = wish.description ?? wish.commitMessage ?? rowsIn(path, wish.action, wish.given.size);
    const words = { message, attributes: { humanloop: await namesOf(call, desk, wish) } };
    if (added && (!head || kept.length === 0))
      return { ...words, changes: [], intake: { added, ...(head ? {} : { create: metaWith(wanted) }) } };
    const make = head ? [] : [{ dataset: path, create: {} }];
    const operations = [...(added ? patchOf(added) : patch), ...kept];
    const isAlone = head && kept.length === 0 && wish.name === undefined && wish.commitMessage === undefined;
    return {
      ...words,
      changes: [...make, { dataset: path, patch: operations }],
      ...(isAlone && rows ? { rows } : {}),
    };
  }

  /** Where it is sure what the new version holds, it need not be read. */
  async #remember(version: DatasetVersion, commit: string): Promise<void> {
    const { repo } = this.desk;
    const contents = contentsOf(repo);
    const { parents } = await repo.show(commit);
    const before = this.#reading?.version;
    const parent = parents[0] && before ? await contents.at(before.info, parents[0]) : undefined;
    if (parent?.info.cid !== before?.info.cid) return;
    contents.know(this.wish.given.keys());
    await contents.keepMade(version, this.#list, this.#repeats);
  }
}

function noBase({ action, versionId, environment }: Wish): undefined {
  if (action === "set" || (versionId === undefined && environment === undefined)) return undefined;
  throw missing(`the dataset is not there, and so it has no version ${versionId ?? `in ${environment}`}`);
}

/** The version that an action starts from. */
async function baseOf({ repo }: Desk, line: Line, wish: Wish): Promise<Saved | undefined> {
  const latest = line.versions.at(-1);
  if (wish.action === "set") return latest;
  return wish.versionId === undefined && wish.environment === undefined && !wish.isOnDefault
    ? latest
    : chosen(repo, line, wish);
}

/** The version that a query names: by its id, else by an environment; else the default one. Throws 404. */
export async function chosen(
  repo: Desk["repo"],
  line: Line,
  { versionId, environment }: { versionId?: string | undefined; environment?: string | undefined },
): Promise<Saved> {
  if (versionId !== undefined) return needSaved(line, versionId);
  const environments = await environmentsOf(repo, [...line.deployed.keys()]);
  if (environment !== undefined && !environments.some(({ name }) => name === environment))
    throw missing(`there is no environment ${JSON.stringify(environment)}`);
  const saved = line.deployed.get(environment ?? environments[0].name);
  if (!saved && environment !== undefined) throw missing(`nothing of the dataset is deployed to ${environment}`);
  const found = saved ?? line.versions.at(-1);
  if (!found) throw conflict("the dataset has no version that you may see");
  return found;
}

/** What makes a dataset keep these attributes. */
export function attributesPatch(dataset: DatasetInfo | undefined, attributes: ValueObject): Operation[] {
  const before = isObject(dataset?.meta["attributes"]) ? dataset.meta["attributes"] : {};
  const part = isObject(before["humanloop"]) ? before["humanloop"] : {};
  const { attributes: had, ...rest } = part;
  if (sameValue(had ?? {}, attributes)) return [];
  const humanloop = isEmpty(attributes) ? rest : { ...rest, attributes };
  return [{ op: "add", path: "/meta/attributes", value: { ...before, humanloop } }];
}

/** The metadata of a new dataset that keeps these attributes. */
function metaWith(attributes: ValueObject): ValueObject {
  return isEmpty(attributes) ? {} : { attributes: { humanloop: { attributes } } };
}

function isEmpty(object: ValueObject): boolean {
  return Object.keys(object).length === 0;
}
