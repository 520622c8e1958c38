/** Opik's versions of a dataset: those of Sheaf, with ids, hashes and descriptions as Opik has them. */
import type { DatasetInfo, ValueObject, VersionInfo } from "@sheaf/core";
import { madeUuid } from "../catalog/uuid.js";
import type { Ask } from "./operation.js";

export interface Version {
  readonly info: VersionInfo;
  readonly id: string;
  /** The end of the id: opaque, and no hash of anything. */
  readonly hash: string;
  /** `v1`, `v2`, … */
  readonly name: string;
  readonly description: string | undefined;
  /** The batch group whose first call made it. */
  readonly group: string | undefined;
}

/** What Opik puts into the attributes of a commit, and into the note of a version. */
export interface OpikNote {
  readonly group?: unknown;
  readonly description?: unknown;
  readonly metadata?: unknown;
  /** Number of the version that it was made from, where that was not the one before it. */
  readonly base?: unknown;
}

const known = new WeakMap<VersionInfo, Version>();

/** The versions of a dataset, the first one first. */
export async function versionsOf({ repo, platform }: Ask, dataset: DatasetInfo): Promise<Version[]> {
  const infos = await repo.versions.of(dataset.path);
  return infos.map(info => {
    let version = known.get(info);
    if (!version) known.set(info, (version = made(info)));
    return version;
  });

  function made(info: VersionInfo): Version {
    const id = madeUuid(platform, 7, ["version", dataset.id, info.first], info.author.time * 1000);
    const { group } = noteOf(info.attributes);
    return {
      info,
      id,
      hash: id.slice(-8),
      name: `v${info.number}`,
      description: descriptionOf(info),
      group: typeof group === "string" ? group : undefined,
    };
  }
}

/** What a commit or a note says in Opik's name. */
export function noteOf(attributes: ValueObject): OpikNote {
  const { opik } = attributes;
  return typeof opik === "object" && opik !== null ? (opik as OpikNote) : {};
}

/** What changed, in words: what Opik was told, else the message of the commit that another face made. */
function descriptionOf({ note, attributes, message }: VersionInfo): string | undefined {
  const { group, description } = noteOf(attributes);
  const told = noteOf(note).description ?? description;
  if (typeof told === "string") return told === "" ? undefined : told;
  if (typeof group === "string") return "Auto-created from SDK batch operation";
  return Object.hasOwn(attributes, "opik") ? undefined : message;
}
