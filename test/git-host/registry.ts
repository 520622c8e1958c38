/** Two releases of the IANA language subtag registry, as a dataset that people edit. */
import { createRequire } from "node:module";
import type { Person } from "./person.js";

const require = createRequire(import.meta.url);

export const key = ["--key", "Type", "--key", "Subtag", "--key", "Tag"];
export const release = (name: "old" | "new") => require.resolve(`registry-${name}/data/json/registry.json`);
export const logOf = (person: Person, ...args: string[]) => person.json("log", ...args);
/** Every row of a version, with ids and positions, as one text. */
export const rowsAt = (person: Person, at: string, dataset = "subtags") =>
  person.sheaf("export", dataset, "--rows", "--at", at);
export const note = (id: string, text: string) => ({
  op: "add",
  path: `/items/language~1${id}/Comments`,
  value: [text],
});
