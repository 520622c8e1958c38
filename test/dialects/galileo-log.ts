/** What Galileo's loggers send, for tests: a trace with spans of several kinds, and a town with a project to log it in. */
import { expect } from "vitest";
import { opened, uuid } from "./galileo-client.js";
import type { Town } from "./town.js";

/** When all of it began. */
export const at = "2026-01-02T03:04:05.000006Z";

/** A page of what a search found. */
interface Page {
  readonly records: { id: string; [field: string]: unknown }[];
  readonly next_starting_token: number | null;
}

/** A town with a project, and what asks there; `ok` gives the body of what went well. */
export async function started(towns: Town[]) {
  const town = await opened(towns);
  const ask = async (method: string, path: string, body?: unknown) => {
    const { status, body: said, text } = await town.ask(method, `/galileo${path}`, body);
    expect([status, text]).toEqual([200, expect.any(String)]);
    return said as Record<string, unknown>;
  };
  const { id } = await ask("POST", "/projects", { name: "P", type: "gen_ai" });
  const path = `/projects/${String(id)}`;
  const search = async (kind: string, body: object = {}) =>
    (await ask("POST", `${path}/${kind}/search`, body)) as unknown as Page;
  return { town, ask, search, path, project: String(id) };
}

export const llm = {
  type: "llm",
  id: uuid(2),
  name: "model",
  created_at: at,
  input: [{ role: "user", content: "2+2?" }],
  output: { role: "assistant", content: "4" },
  user_metadata: {},
  tags: [],
  model: "m",
  temperature: 0.5,
  metrics: { duration_ns: 1000, num_input_tokens: 3 },
};
export const tool = { type: "tool", id: uuid(4), created_at: at, input: "in", output: "out" };
export const agent = { type: "agent", id: uuid(3), created_at: at, input: "plan", output: "done", spans: [tool] };
export const trace = {
  type: "trace",
  id: uuid(1),
  name: "sum",
  created_at: at,
  input: "2+2?",
  output: "4",
  user_metadata: { user: "u1" },
  tags: ["a"],
  metrics: { duration_ns: 2_000_000_000 },
  status_code: null,
  dataset_input: "2+2",
  spans: [llm, agent],
};
