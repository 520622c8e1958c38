/** What is shown of synchronization: Sheaf by way of git and of a folder, beside git on one file and on a file per row. */
import type { Measure } from "./measures.js";

const kinds = [
  ["First", "first push"],
  ["Clone", "clone"],
  ["Push", "push of 1 row"],
  ["Fetch", "fetch of 1 row"],
  ["Pull", "pull of 1 row"],
] as const;

const sides = [
  ["syncGit", "Sheaf to git"],
  ["syncFolder", "Sheaf to a folder"],
  ["syncOne", "git: one JSONL"],
  ["syncRows", "git: a file per row"],
] as const;

function against(side: string, kind: string): Pick<Measure, "against"> {
  return side === "syncGit" ? {} : { against: { name: "Sheaf to git", of: numbers => numbers[`syncGit${kind}`] } };
}

function times(kind: string, words: string): Measure[] {
  return sides.map(([side, who]) => ({
    name: `${words}: ${who}`,
    kind: "time",
    of: `${side}${kind}`,
    ...against(side, kind),
  }));
}

function sizes(suffix: "Bytes" | "Memory", words: string, kind: string): Measure[] {
  const of = `${kind}${suffix}`;
  return sides.map(([side, who]) => ({
    name: `… ${words}: ${who}`,
    kind: "bytes",
    of: `${side}${of}`,
    ...against(side, of),
  }));
}

export const syncMeasures: readonly Measure[] = [
  ...kinds.flatMap(([kind, words]) => [
    ...times(kind, words),
    ...(kind === "Pull" ? [] : sizes("Bytes", "sent", kind)),
    ...(kind === "First" || kind === "Clone" ? sizes("Memory", "memory", kind) : []),
  ]),
  { name: "push of 1 row, the first in a process: Sheaf to git", kind: "time", of: "syncGitPushFirst" },
  {
    name: "pull of 1 line that was changed with git",
    kind: "time",
    of: "syncGitAdopt",
    against: { name: "pull of 1 row", of: numbers => numbers["syncGitPull"] },
  },
];
