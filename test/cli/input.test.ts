/** Bad usage and bad input: one sentence that names the place, the exit code, and a repository that did not change. */
import { describe, expect, test } from "vitest";
import { smallRepository } from "./shell.js";

interface Case {
  readonly what: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly code: number;
  /** What the sentence must name. */
  readonly names?: string;
}

const usage: readonly Case[] = [
  { what: "an unknown command", args: ["imprt"], code: 2, names: "did you mean import" },
  { what: "an unknown option", args: ["log", "--frobnicate"], code: 2, names: "--frobnicate" },
  { what: "a missing argument", args: ["get", "qa"], code: 2, names: "id" },
  { what: "an argument too many", args: ["get", "qa", "q1", "q2"], code: 2 },
  { what: "a limit that is no number", args: ["rows", "qa", "--limit", "many"], code: 2, names: "whole number" },
  { what: "an unknown format", args: ["export", "qa", "--format", "xml"], code: 2, names: "jsonl" },
  { what: "an unknown mode", args: ["import", "qa", "qa.jsonl", "--mode", "merge"], code: 2, names: "upsert" },
  {
    what: "a malformed author",
    args: ["patch", "qa", "-", "--author", "nobody"],
    stdin: "[]",
    code: 2,
    names: "--author",
  },
  {
    what: "a malformed date",
    args: ["patch", "qa", "-", "--date", "yesterday"],
    stdin: "[]",
    code: 2,
    names: "--date",
  },
  { what: "a delete without a name", args: ["branch", "-d"], code: 2 },
  { what: "options that contradict each other", args: ["merge", "main", "--ours", "--theirs"], code: 2 },
  { what: "resolve without saying what", args: ["resolve", "--ours"], code: 2 },
  { what: "a merge of nothing", args: ["merge"], code: 2 },
  { what: "an unknown shell", args: ["completion", "ksh"], code: 2, names: "bash" },
];

const input: readonly Case[] = [
  { what: "a file that is not there", args: ["import", "qa", "gone.jsonl"], code: 2, names: "gone.jsonl" },
  { what: "a folder for a file", args: ["import", "qa", "."], code: 2, names: "folder" },
  {
    what: "JSONL with a broken line",
    args: ["import", "qa", "-", "--format", "jsonl"],
    stdin: '{"a":1}\n{"a":\n',
    code: 2,
    names: "line 2",
  },
  {
    what: "a key twice in an object",
    args: ["import", "qa", "-", "--format", "jsonl"],
    stdin: '{"a":1,"a":2}\n',
    code: 2,
    names: "line 1",
  },
  {
    what: "a number that overflows",
    args: ["import", "qa", "-", "--format", "jsonl"],
    stdin: '{"a":1e999}\n',
    code: 2,
    names: "/a",
  },
  {
    what: "a row that is no object",
    args: ["import", "qa", "-", "--format", "jsonl"],
    stdin: "[1]\n",
    code: 2,
    names: "line 1",
  },
  {
    what: "an id twice",
    args: ["import", "qa", "-", "--format", "jsonl", "--key", "a"],
    stdin: '{"a":"x"}\n{"a":"x","b":1}\n',
    code: 2,
    names: "line 2",
  },
  {
    what: "a key field that is not there",
    args: ["import", "qa", "-", "--format", "jsonl", "--key", "nokey"],
    stdin: '{"a":"x"}\n',
    code: 2,
    names: "nokey",
  },
  {
    what: "a ragged CSV line",
    args: ["import", "qa", "-", "--format", "csv"],
    stdin: "a,b\n1,2\n1,2,3\n",
    code: 2,
    names: "line 3",
  },
  { what: "a patch that is not JSON", args: ["patch", "qa", "-"], stdin: "nope", code: 2 },
  { what: "a patch that is no list", args: ["patch", "qa", "-"], stdin: "{}", code: 2, names: "list" },
  {
    what: "a patch on a path that is not there",
    args: ["patch", "qa", "-"],
    stdin: '[{"op":"remove","path":"/items/q1/nope"}]',
    code: 2,
    names: "nope",
  },
  {
    what: "a patch whose test fails at the end",
    args: ["patch", "qa", "-"],
    stdin: '[{"op":"remove","path":"/items/q1"},{"op":"test","path":"/items/q2/answer","value":"Rome"}]',
    code: 2,
    names: "operation 1",
  },
  { what: "a dataset path that is none", args: ["dataset", "create", "a//b"], code: 2, names: "a//b" },
  { what: "a dataset that is there", args: ["dataset", "create", "qa"], code: 2, names: "qa" },
  { what: "a dataset that is not there", args: ["rows", "none"], code: 3, names: "none" },
  { what: "an item that is not there", args: ["get", "qa", "none"], code: 3, names: "none" },
  { what: "a revision that is not there", args: ["diff", "nowhere", "main"], code: 3, names: "nowhere" },
  { what: "a branch that is not there", args: ["switch", "nowhere"], code: 3, names: "nowhere" },
  { what: "a branch that is there", args: ["branch", "main"], code: 2, names: "main" },
  { what: "a branch name that git would not take", args: ["branch", "a..b"], code: 2, names: "a..b" },
  { what: "the current branch to delete", args: ["branch", "-d", "main"], code: 2, names: "main" },
  { what: "a tag that is not there to delete", args: ["tag", "-d", "v0"], code: 3, names: "v0" },
  { what: "an environment that is not there", args: ["env", "qa", "production"], code: 3, names: "production" },
  { what: "a column that is not there", args: ["columns", "rename", "qa", "nope", "yes"], code: 2, names: "nope" },
  {
    what: "a column renamed onto another",
    args: ["columns", "rename", "qa", "answer", "question"],
    code: 2,
    names: "question",
  },
  { what: "a restore from nowhere", args: ["restore", "qa", "nowhere"], code: 3, names: "nowhere" },
  { what: "a revert of nothing", args: ["revert", "nowhere"], code: 3, names: "nowhere" },
  { what: "a merge to continue where none is", args: ["merge", "--continue"], code: 2, names: "merge" },
  { what: "a merge to abort where none is", args: ["merge", "--abort"], code: 2, names: "merge" },
  { what: "conflicts to resolve where none are", args: ["resolve", "--all", "--ours"], code: 2, names: "merge" },
  { what: "a setting without a section", args: ["config", "name", "Ada"], code: 2, names: "name" },
  {
    what: "an author that git cannot write",
    args: ["patch", "qa", "-", "--author", "A\nB <a@b>"],
    stdin: '[{"op":"remove","path":"/items/q1"}]',
    code: 2,
  },
];

describe.each([
  ["usage", usage],
  ["input", input],
] as const)("bad %s", (_, cases) => {
  test.each(cases)("$what ends with $code and changes nothing", async ({ args, stdin, code, names }) => {
    const shell = await smallRepository();
    const before = await shell.state();
    const found = await shell.run(args, stdin === undefined ? {} : { stdin });
    expect(found).toMatchObject({ code, out: "" });
    expect(found.err).toMatch(/^sheaf: [^\n]+\n$/);
    if (names !== undefined) expect(found.err).toContain(names);
    expect(await shell.state()).toBe(before);
  });
});

test("a commit on a version that is not the latest ends with 4", async () => {
  const shell = await smallRepository();
  const [{ commit }] = await shell.json("log");
  await shell.run(["patch", "qa", "-"], { stdin: '[{"op":"remove","path":"/items/q1"}]' });
  const { code, err } = await shell.run(["patch", "qa", "-", "--base", commit], {
    stdin: '[{"op":"remove","path":"/items/q2"}]',
  });
  expect([code, err]).toEqual([4, expect.stringContaining(commit)]);
});

test("outside a repository every command says so, with 3", async () => {
  const shell = await smallRepository();
  const { code, err } = await shell.run(["log", "-C", "/"]);
  expect([code, err]).toEqual([3, expect.stringContaining("sheaf init")]);
});

test("with --json an error is one JSON value", async () => {
  const shell = await smallRepository();
  const { err } = await shell.run(["import", "qa", "-", "--format", "jsonl", "--json"], { stdin: '{"a":1}\n{"a":\n' });
  expect(JSON.parse(err)).toEqual({
    error: {
      code: "bad-input",
      message: expect.stringContaining("line 2"),
      data: expect.objectContaining({ line: 2 }),
    },
  });
  expect(JSON.parse((await shell.run(["get", "--json"])).err).error.code).toBe("bad-usage");
});

test("a stack is printed with --debug alone", async () => {
  const shell = await smallRepository();
  expect((await shell.run(["get", "qa", "none"])).err).not.toContain("    at ");
  expect((await shell.run(["--debug", "get", "qa", "none"])).err).toContain("    at ");
});
