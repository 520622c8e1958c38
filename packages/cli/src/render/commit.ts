/** Commits as lines for people, and as JSON. */
import type { CommitInfo, Repository, Value } from "@sheaf/core";
import { record } from "../record.js";
import { visible, type Paint } from "./paint.js";
import { moment, shortCid } from "./quantity.js";

/** Branches, tags and branches of remotes by the commit that they name. */
export type RefNames = ReadonlyMap<string, readonly string[]>;

/** Finds which branches and tags, and branches of remotes when last fetched, name which commits. */
export async function refNames(repository: Repository): Promise<RefNames> {
  const names = new Map<string, string[]>();
  const add = (commit: string, name: string) => void names.set(commit, [...(names.get(commit) ?? []), name]);
  for (const { name, commit, current } of await repository.branches()) add(commit, current ? `HEAD → ${name}` : name);
  for (const { name, commit } of await repository.tags()) add(commit, `tag ${name}`);
  for (const { name, commit } of await repository.remoteBranches()) add(commit, name);
  return names;
}

/** One commit as a JSON object. Times are seconds since 1970, zones minutes east of UTC. */
export function commitJson({ commit, parents, author, committer, message, attributes }: CommitInfo): string {
  const some = Object.keys(attributes).length > 0 ? attributes : undefined;
  const plain = (signature: object) => ({ ...signature }) as { [key: string]: Value };
  return record({
    commit,
    parents: [...parents],
    author: plain(author),
    committer: plain(committer),
    message,
    attributes: some,
  });
}

/** A commit with who, when and why. */
export function commitLines({ commit, parents, author, message }: CommitInfo, names: RefNames, paint: Paint): string[] {
  const merge = parents.length > 1 ? [`Merge:  ${parents.map(shortCid).join(" ")}`] : [];
  return [
    paint.yellow(`commit ${commit}`) + decoration(commit, names, paint),
    ...merge,
    `Author: ${visible(author.name)} <${visible(author.email)}>`,
    `Date:   ${moment(author.time, author.zone)}`,
    "",
    ...message
      .trimEnd()
      .split("\n")
      .map(line => `    ${visible(line)}`.trimEnd()),
  ];
}

/** A commit on one line: short CID, names, first line of the message. */
export function oneLine({ commit, message }: CommitInfo, names: RefNames, paint: Paint): string {
  return `${paint.yellow(shortCid(commit))}${decoration(commit, names, paint)} ${visible(message.split("\n", 1)[0])}`;
}

function decoration(commit: string, names: RefNames, paint: Paint): string {
  const here = names.get(commit);
  return here === undefined ? "" : ` (${here.map(name => paint.cyan(visible(name))).join(", ")})`;
}
