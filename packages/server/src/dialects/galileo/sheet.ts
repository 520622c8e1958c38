/** A content as Galileo shows it: the rows of a version in pieces of JSON, so that a page may be of any size. */
import { printJson, type DatasetInfo, type DatasetVersion, type ValueObject } from "@sheaf/core";
import { stream, lines } from "../../answer.js";
import type { Desk } from "../../desk.js";
import { cellIn } from "./cells.js";
import { memoryOf } from "./memory.js";
import { Origins } from "./origins.js";
import { select, type SelectedRow, type Selection } from "./selection.js";
import { etagOf } from "./shapes.js";
import { versionsOf, type Version } from "./versions.js";

/** How rows look otherwise than they rest: the columns that are shown, and an item as they have it. */
export interface Shape {
  readonly columns: readonly string[];
  readonly itemOf: (item: ValueObject) => ValueObject;
}

/** The answer with a page of a version's content. */
export async function contentAnswer(
  desk: Desk,
  dataset: DatasetInfo,
  { version, at }: { readonly version: DatasetVersion; readonly at: Version },
  selection: Selection,
  shape?: Shape,
): Promise<Response> {
  const { repo } = desk;
  const { authors, columns, rowIds } = memoryOf(desk);
  const look = shape ?? { columns: await columns.of(version), itemOf: (item: ValueObject) => item };
  const origins = new Origins(repo, authors, await versionsOf(repo, dataset), version, at.commit);
  const shown = (id: string) => rowIds.shown(dataset.id, id);
  const pieces = contentTexts(version, selection, look, origins, shown);
  return stream(lines(pieces), "application/json", { etag: etagOf(repo.local().platform, version) });
}

async function* contentTexts(
  version: DatasetVersion,
  selection: Selection,
  look: Shape,
  origins: Origins,
  shown: (id: string) => string,
): AsyncGenerator<string> {
  const { starting_token, limit, signal } = selection;
  yield `{"starting_token":${starting_token},"limit":${limit},"warning_message":null`;
  yield `,"column_names":${JSON.stringify(look.columns)},"rows":[`;
  const names = look.columns.map(name => JSON.stringify(name));
  const rows = gathered(select(version, selection));
  let next = starting_token;
  let before = "";
  for (;;) {
    const step = await rows.next();
    if (step.done === true) {
      yield `],"paginated":${step.value},"next_starting_token":${step.value ? next : null}}`;
      return;
    }
    const ids = step.value.map(({ id }) => id);
    const metadata = await origins.of(ids, signal);
    for (const row of step.value) {
      yield before + rowText(row, look, names, shown(row.id), metadata.get(row.id) ?? "null");
      before = ",";
    }
    next += step.value.length;
  }
}

/** Rows whose origins are looked up together. */
const rowsAtOnce = 2000;

/** The same rows, many at a time. */
async function* gathered(
  rows: AsyncGenerator<readonly SelectedRow[], boolean>,
): AsyncGenerator<readonly SelectedRow[], boolean> {
  let all: SelectedRow[] = [];
  for (;;) {
    const step = await rows.next();
    if (step.done === true) {
      if (all.length > 0) yield all;
      return step.value;
    }
    all.push(...step.value);
    if (all.length < rowsAtOnce) continue;
    yield all;
    all = [];
  }
}

function rowText(
  { index, item }: SelectedRow,
  look: Shape,
  names: readonly string[],
  id: string,
  metadata: string,
): string {
  const given = look.itemOf(item);
  const cells = look.columns.map(name => printJson(cellIn(given, name)));
  const dict = cells.map((cell, i) => `${names[i]}:${cell}`);
  return `{"row_id":"${id}","index":${index},"values":[${cells.join()}],"values_dict":{${dict.join()}},"metadata":${metadata}}`;
}
