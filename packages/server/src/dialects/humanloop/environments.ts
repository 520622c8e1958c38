/**
 * Environments: names of the organisation under which a version of each dataset may be deployed.
 *
 * Which ones there are the repository's configuration says (`humanloop.environments`, a list of names, the default one first). A deployment is
 * `refs/environments/<dataset id>/<name>`, as everywhere in Sheaf; names that other faces gave are environments of that dataset too.
 */
import type { Repository } from "@sheaf/core";
import { birthTime } from "../catalog/time.js";
import { madeId } from "./ids.js";

export interface Environment {
  readonly id: string;
  readonly name: string;
  /** When the repository was made: environments are older than what they hold. */
  readonly created_at: string;
  readonly tag: "default" | "other";
}

const usual = ["production", "staging", "development"];

/** The organisation's environments, the default one first, and behind them those of these names that are not among them. */
export async function environmentsOf(repo: Repository, also: readonly string[] = []): Promise<Environment[]> {
  const own = await configured(repo);
  const created_at = await birthTime(repo);
  return [...new Set([...own, ...also])].map((name, i) => ({
    id: madeId(repo.context.platform, "env_", name),
    name,
    created_at,
    tag: i === 0 ? "default" : "other",
  }));
}

async function configured(repo: Repository): Promise<string[]> {
  const value = (await repo.config.get("humanloop.environments")) ?? usual;
  const names = typeof value === "string" ? value.split(",").map(name => name.trim()) : value;
  const texts = Array.isArray(names) ? names.filter(name => typeof name === "string" && name !== "") : [];
  return texts.length > 0 ? (texts as string[]) : usual;
}

/** The name of an environment in a ref, in which git allows less. */
export function refNameOf(environment: string): string {
  return encodeURIComponent(environment).replaceAll(".", "%2E");
}

/** Takes back {@link refNameOf}. */
export function environmentNameOf(ref: string): string {
  try {
    return decodeURIComponent(ref);
  } catch {
    return ref;
  }
}
