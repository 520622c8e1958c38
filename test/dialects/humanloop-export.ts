/** What Humanloop's export program asks, and the folder that it writes, in memory. */
import type { ExportFolder } from "@sheaf/server";
import type { Client, Json } from "./humanloop.js";

/** Files by their paths in the folder. */
export type Files = Map<string, string>;

/** Asks what `export.py` of humanloop/humanloop-export asks, in its order, and writes what it writes. */
export async function exportAll(client: Client): Promise<Files> {
  const ask: Client["ask"] = (...request) => client.ask(...request);
  const files: Files = new Map();
  const { id: root } = await ask("GET", "/directories/root");
  const { path } = await ask("GET", `/directories/${String(root)}`);
  for (const file of await paginated(ask, "/files", { path: String(path) })) {
    const folder = `files/${String(file["id"])}`;
    files.set(`${folder}/file.json`, JSON.stringify(file));
    const { records } = await ask("GET", `/datasets/${String(file["id"])}/versions`);
    const deployments: Json[] = [];
    for (const version of records as Json[]) {
      const id = String(version["version_id"]);
      files.set(`${folder}/versions/${id}`, JSON.stringify(version));
      const query = { version_id: id, size: "1000" };
      const datapoints = await paginated(ask, `/datasets/${String(file["id"])}/datapoints`, query);
      // As there, the first file has one more.
      for (let from = 0, n = 1; from < datapoints.length; n++) {
        const to = n === 1 ? 1001 : from + 1000;
        const lines = datapoints.slice(from, to).map(datapoint => `${JSON.stringify(datapoint)}\n`);
        files.set(`${folder}/datapoints/${id}/${n}.jsonl`, lines.join(""));
        from = to;
      }
      for (const { id: environment_id, name: environment_name, tag: environment_tag } of version[
        "environments"
      ] as Json[])
        deployments.push({ version_id: id, environment_id, environment_name, environment_tag });
    }
    files.set(`${folder}/deployments.json`, JSON.stringify(deployments));
    files.set(`${folder}/.done`, "Export completed successfully.\n");
  }
  return files;
}

/** Pages until one is empty, ten at a time after the first full one. */
async function paginated(ask: Client["ask"], url: string, more: Record<string, string>): Promise<Json[]> {
  const params = { page: "1", size: "100", ...more };
  const page = async (n: number) =>
    (await ask("GET", `${url}?${new URLSearchParams({ ...params, page: String(n) }).toString()}`))["records"] as Json[];
  const all = await page(1);
  if (all.length < Number(params.size)) return all;
  for (let next = 2; ; next += 10) {
    const pages = await Promise.all(Array.from({ length: 10 }, (_, i) => page(next + i)));
    all.push(...pages.flat());
    if (pages.every(records => records.length === 0)) return all;
  }
}

/** Files as a folder. */
export function folderOf(files: Files): ExportFolder {
  return {
    list: async path => {
      const below = [...files.keys()].filter(name => name.startsWith(`${path}/`));
      return [...new Set(below.map(name => name.slice(path.length + 1).split("/")[0]))];
    },
    read: async path => {
      const text = files.get(path);
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
  };
}
