/** The folder that Humanloop's export program writes: one folder a file, with its versions, their datapoints, and what was deployed where. */
import { badInput, isObject, parseJson, type Platform, type Value, type ValueObject } from "@sheaf/core";
import { readDatapoint } from "./datapoint.js";
import { givenOf, type Given, type GivenPoint } from "./edits.js";
import type { Stamp } from "./saved.js";

/** A folder to read from; paths in it have `/` between their steps. */
export interface ExportFolder {
  /** The names of what is in a folder; none where there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  /** The bytes of a file; `undefined` where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** A dataset of an export. */
export interface ExportedDataset {
  readonly folder: string;
  readonly id: string;
  readonly path: string;
  readonly meta: ValueObject;
  /** The oldest first. */
  readonly versions: readonly ExportedVersion[];
  readonly deployments: readonly {
    readonly version: string;
    readonly environment: string;
    readonly isDefault: boolean;
  }[];
}

export interface ExportedVersion {
  readonly id: string;
  readonly created: Stamp;
  readonly updatedAt: string | undefined;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly committed: Stamp | undefined;
  readonly attributes: ValueObject;
}

/** Every dataset of an export. Throws bad-input where the folder is none, or holds what cannot be read. */
export async function* readExport(folder: ExportFolder): AsyncGenerator<ExportedDataset> {
  const names = [...(await folder.list("files"))].sort();
  if (names.length === 0) throw badInput("the folder has no folder files/ as Humanloop's export program writes it");
  for (const name of names) {
    const file = `files/${name}`;
    const record = await readObject(folder, `${file}/file.json`);
    if (record && record["type"] === "dataset") yield await readDataset(folder, file, record);
  }
}

/** The datapoints of a version, in the order of its files, with their ids there. */
export async function readVersion(
  folder: ExportFolder,
  platform: Platform,
  dataset: ExportedDataset,
  version: ExportedVersion,
): Promise<Given> {
  return givenOf(platform, pointsIn(folder, `${dataset.folder}/datapoints/${version.id}`));
}

async function* pointsIn(folder: ExportFolder, place: string): AsyncGenerator<GivenPoint> {
  const files = (await folder.list(place)).filter(name => name.endsWith(".jsonl"));
  for (const name of files.toSorted((a, b) => parseInt(a, 10) - parseInt(b, 10)))
    for await (const record of linesOf(folder, `${place}/${name}`)) {
      const datapoint = readDatapoint(record, [place, name]);
      const rowId = isObject(record) ? textOf(record, "id") : undefined;
      yield { ...datapoint, ...(rowId === undefined ? {} : { rowId }) };
    }
}

async function readDataset(folder: ExportFolder, file: string, record: ValueObject): Promise<ExportedDataset> {
  const versions: ExportedVersion[] = [];
  for (const name of [...(await folder.list(`${file}/versions`))].sort()) {
    const version = await readObject(folder, `${file}/versions/${name}`);
    if (version) versions.push(readRecord(name, version));
  }
  const path = textOf(record, "path");
  if (path === undefined) throw badInput("the dataset has no path", { file: `${file}/file.json` });
  const tags = record["tags"];
  return {
    folder: file,
    id: textOf(record, "id") ?? "",
    path,
    meta: {
      ...picked(record, ["description", "readme", "schema"]),
      ...(Array.isArray(tags) && tags.length > 0 ? { attributes: { tags } } : {}),
    },
    versions: versions.sort((a, b) => Date.parse(a.created.at) - Date.parse(b.created.at)),
    deployments: await readDeployments(folder, file),
  };
}

function readRecord(id: string, record: ValueObject): ExportedVersion {
  const { attributes } = record;
  const created = stampOf(record, "created_at", "created_by");
  return {
    id,
    created,
    updatedAt: textOf(record, "updated_at"),
    name: textOf(record, "version_name"),
    description: textOf(record, "version_description") ?? textOf(record, "commit_message"),
    committed: record["status"] === "committed" ? stampOf(record, "committed_at", "committed_by", created) : undefined,
    attributes: isObject(attributes) ? attributes : {},
  };
}

async function readDeployments(folder: ExportFolder, file: string): Promise<ExportedDataset["deployments"]> {
  const list = await readJson(folder, `${file}/deployments.json`);
  return (Array.isArray(list) ? list : []).flatMap(deployment => {
    if (!isObject(deployment)) return [];
    const [version, environment] = [textOf(deployment, "version_id"), textOf(deployment, "environment_name")];
    const isDefault = deployment["environment_tag"] === "default";
    return version === undefined || environment === undefined ? [] : [{ version, environment, isDefault }];
  });
}

function stampOf(record: ValueObject, at: string, by: string, other?: Stamp): Stamp {
  const user = isObject(record[by]) ? record[by] : {};
  const email = textOf(user, "email_address") ?? other?.email ?? "";
  return {
    at: textOf(record, at) ?? other?.at ?? "",
    email: signable(email),
    name: signable(textOf(user, "full_name") ?? other?.name ?? email),
  };
}

/** What may stand in a commit's signature. */
function signable(text: string): string {
  return text.replace(/[<>\0\r\n]/g, "");
}

async function* linesOf(folder: ExportFolder, file: string): AsyncGenerator<Value> {
  const bytes = (await folder.read(file)) ?? new Uint8Array();
  let line = 0;
  for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
    end = bytes.indexOf(0x0a, start);
    if (end < 0) end = bytes.length;
    line++;
    if (end > start) yield parseJson(bytes.subarray(start, end), { file, line });
  }
}

async function readObject(folder: ExportFolder, file: string): Promise<ValueObject | undefined> {
  const value = await readJson(folder, file);
  if (value === undefined || isObject(value)) return value;
  throw badInput("this is no JSON object", { file });
}

async function readJson(folder: ExportFolder, file: string): Promise<Value | undefined> {
  const bytes = await folder.read(file);
  return bytes && parseJson(bytes, { file });
}

function picked(record: ValueObject, keys: readonly string[]): ValueObject {
  return Object.fromEntries(
    keys.flatMap(key => (record[key] === undefined || record[key] === null ? [] : [[key, record[key]]])),
  );
}

function textOf(object: ValueObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === "string" ? value : undefined;
}
