/** Galileo's requests as its SDKs and its reference send them, for tests. */
import { expect } from "vitest";
import { Town, type Answer } from "./town.js";

/** A page of a dataset's content. */
export interface Content {
  readonly column_names: string[];
  readonly rows: { row_id: string; index: number; values: unknown[]; values_dict: object; metadata: object }[];
  readonly paginated: boolean;
  readonly next_starting_token: number | null;
}

/** Opens a town that `towns` remembers, for the list of operations that were used. */
export async function opened(towns: Town[]): Promise<Town> {
  const town = await Town.open();
  towns.push(town);
  return town;
}

export function form(fields: Readonly<Record<string, string>>, file?: string | Uint8Array, name = "rows"): FormData {
  const made = new FormData();
  for (const [key, value] of Object.entries(fields)) made.append(key, value);
  if (file !== undefined) made.append("file", new File([file as BlobPart], name, { type: "application/octet-stream" }));
  return made;
}

/** Makes a dataset as the TypeScript SDK does; gives its id. */
export async function create(
  town: Town,
  name: string,
  rows: readonly object[],
  query = "format=jsonl",
): Promise<string> {
  const file = rows.map(row => JSON.stringify(row)).join("\n");
  const made = await town.ask("POST", `/galileo/datasets?${query}`, form({ name, draft: "false" }, file));
  expect([made.status, made.text]).toEqual([200, expect.any(String)]);
  return (made.body as { id: string }).id;
}

export async function content(town: Town, id: string, more = ""): Promise<Content & { etag: string }> {
  const { body, headers } = await town.ask("GET", `/galileo/datasets/${id}/content${more}`);
  return { ...(body as Content), etag: headers.get("etag") ?? "" };
}

export function edit(town: Town, id: string, edits: readonly object[], headers = {}): Promise<Answer> {
  return town.ask("PATCH", `/galileo/datasets/${id}/content`, { edits }, headers);
}

/** A UUID that is easily told. */
export const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
