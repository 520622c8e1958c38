/** What is shown: each measure with what it is compared to, and what `docs` promise of it. */
import type { Numbers } from "./setting.js";

export interface Measure {
  readonly name: string;
  /** How the number is read: milliseconds, bytes, or reads a second from milliseconds a read. */
  readonly kind: "time" | "bytes" | "rate";
  readonly of: string;
  /** What it is divided by, as a sentence and as a number. */
  readonly against?: { readonly name: string; readonly of: (numbers: Numbers) => number | undefined };
  /** What was promised, for the greatest size: in words, and as a check. */
  readonly goal?: { readonly words: string; readonly isMet: (numbers: Numbers, small: Numbers) => boolean };
  /** What it is, where the name does not say. */
  readonly note?: string;
}

const mebibyte = 2 ** 20;

function ratio(limit: number, of: string, over: string): NonNullable<Measure["goal"]> {
  return { words: `≤ ${limit} ×`, isMet: numbers => numbers[of] <= limit * numbers[over] };
}

function floor(name: string, of: string): NonNullable<Measure["against"]> {
  return { name, of: numbers => numbers[of] };
}

export const measures: readonly Measure[] = [
  {
    name: "import floor",
    kind: "time",
    of: "importFloor",
    note: "read + JSON.parse + sha256 + write + fsync, one thread",
  },
  {
    name: "import, id from a field",
    kind: "time",
    of: "import",
    against: floor("floor", "importFloor"),
    goal: ratio(1, "import", "importFloor"),
  },
  {
    name: "import, ids made",
    kind: "time",
    of: "made",
    against: floor("floor", "importFloor"),
    goal: ratio(1, "made", "importFloor"),
  },
  {
    name: "import, memory",
    kind: "bytes",
    of: "importMemory",
    goal: { words: "≤ 200 MiB", isMet: numbers => numbers["importMemory"] <= 200 * mebibyte },
  },
  {
    name: "git: one JSONL",
    kind: "time",
    of: "gitOne",
    against: floor("import", "import"),
    goal: { words: "≥ 6 ×", isMet: n => n["gitOne"] >= 6 * n["import"] },
  },
  {
    name: "git: a file per row",
    kind: "time",
    of: "gitRows",
    against: floor("import", "import"),
    goal: { words: "≥ 60 ×", isMet: n => n["gitRows"] >= 60 * n["import"] },
  },
  {
    name: "commit floor",
    kind: "time",
    of: "commitFloor",
    note: "one file and one ref: create, fsync, link, fsync of the folder",
  },
  {
    name: "commit of 1 row",
    kind: "time",
    of: "commit1",
    against: floor("floor", "commitFloor"),
    goal: ratio(1.5, "commit1", "commitFloor"),
  },
  {
    name: "… against a thousand rows",
    kind: "time",
    of: "commit1",
    against: floor("small", "smallCommit1"),
    goal: ratio(1.3, "commit1", "smallCommit1"),
  },
  { name: "commit of 100 rows", kind: "time", of: "commit100", against: floor("floor", "commitFloor") },
  { name: "git: one JSONL, 1 row", kind: "time", of: "gitOneUpdate", against: floor("commit", "commit1") },
  { name: "git: a file per row, 1 row", kind: "time", of: "gitRowsUpdate", against: floor("commit", "commit1") },
  {
    name: "diff of 100, counts",
    kind: "time",
    of: "diffKeys",
    goal: { words: "≤ 10 ms", isMet: n => n["diffKeys"] <= 10 },
  },
  { name: "… the first in a process", kind: "time", of: "diffFirst" },
  {
    name: "diff of 100, with fields",
    kind: "time",
    of: "diffBodies",
    goal: { words: "≤ 30 ms", isMet: n => n["diffBodies"] <= 30 },
  },
  {
    name: "merge of 100 + 100",
    kind: "time",
    of: "merge",
    goal: { words: "≤ 15 ms + a commit", isMet: n => n["merge"] <= 15 + n["mergeCommit"] },
  },
  { name: "… the first in a process", kind: "time", of: "mergeFirst" },
  { name: "scan floor", kind: "time", of: "scanFloor", note: "read + JSON.parse of the file" },
  {
    name: "scan as objects",
    kind: "time",
    of: "scan",
    against: floor("floor", "scanFloor"),
    goal: ratio(1.4, "scan", "scanFloor"),
  },
  { name: "export floor", kind: "time", of: "exportFloor", note: "read + JSON.parse + JSON.stringify + write" },
  {
    name: "export, verified",
    kind: "time",
    of: "export",
    against: floor("floor", "exportFloor"),
    goal: ratio(0.45, "export", "exportFloor"),
  },
  { name: "read floor", kind: "rate", of: "readFloor", note: "read 300 bytes at a random place of the file + sha256" },
  {
    name: "reads by id, plain",
    kind: "rate",
    of: "read",
    goal: { words: "≥ 150 k/s", isMet: n => n["read"] <= 1 / 150 },
  },
  {
    name: "reads by id, repacked",
    kind: "rate",
    of: "readRepacked",
    goal: { words: "≥ 20 k/s", isMet: n => n["readRepacked"] <= 1 / 20 },
  },
  { name: "reads by id at HEAD", kind: "rate", of: "readHead", note: "looks up the branch for every read" },
  { name: "page of 50 by offset", kind: "time", of: "page" },
  { name: "bytes of the file", kind: "bytes", of: "raw" },
  { name: "on disk after import", kind: "bytes", of: "disk", against: floor("file", "raw") },
  {
    name: "on disk after repack",
    kind: "bytes",
    of: "diskRepacked",
    against: floor("file", "raw"),
    goal: ratio(0.65, "diskRepacked", "raw"),
  },
  { name: "git: one JSONL, disk", kind: "bytes", of: "gitOneDisk", against: floor("file", "raw") },
  { name: "git: a file per row, disk", kind: "bytes", of: "gitRowsDisk", against: floor("file", "raw") },
  { name: "repack", kind: "time", of: "repack" },
  { name: "memory: export", kind: "bytes", of: "exportMemory" },
  { name: "memory: diff", kind: "bytes", of: "diffMemory" },
  { name: "memory: merge", kind: "bytes", of: "mergeMemory" },
  { name: "memory: repack", kind: "bytes", of: "repackMemory" },
  { name: "node -e 0", kind: "time", of: "node" },
  { name: "sheaf get, cold", kind: "time", of: "cold", against: floor("node", "node"), goal: ratio(2, "cold", "node") },
];
