/** The workflow that `docs/git-hosts.md` gives away: it reads as a workflow, and its steps do on a checkout here what they say. */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const text = readFileSync(join(root, "docs/review-datasets.yml"), "utf8");
const workflow = parse(text, { strict: true }) as {
  readonly on: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: { readonly datasets: { readonly steps: readonly Step[] } };
};
const { steps } = workflow.jobs.datasets;

test("it may read the repository and comment, and nothing of a pull request is put into its scripts", () => {
  expect(workflow.on).toBe("pull_request");
  expect(workflow.permissions).toEqual({ contents: "read", "pull-requests": "write" });
  for (const { run, shell } of steps) {
    expect(run ?? "").not.toContain("${{");
    if (run?.includes("\n")) expect(shell).toBe("bash");
  }
});

test("what it uses is pinned, to a commit or a version", () => {
  for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  const { version } = JSON.parse(readFileSync(join(root, "packages/sheaf/package.json"), "utf8")) as {
    version: string;
  };
  expect(steps.map(({ run }) => run)).toContain(`npm install --global sheaf@${version}`);
  expect(steps.find(step => step.with?.["node-version"])?.with?.["node-version"]).toMatch(/^\d+\.\d+\.\d+$/);
});

/** A host's interface for comments, which keeps them. */
async function startComments() {
  const comments: { id: number; body: string }[] = [];
  const server = createServer((request, response) => {
    let sent = "";
    request.on("data", (chunk: Buffer) => (sent += chunk.toString()));
    request.on("end", () => {
      const { body = "" } = JSON.parse(sent || "{}") as { body?: string };
      if (request.method === "POST") comments.push({ id: comments.length + 1, body });
      if (request.method === "PATCH") comments[Number(request.url?.split("/").at(-1)) - 1].body = body;
      response.end(JSON.stringify(request.method === "GET" ? comments : {}));
    });
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { comments, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A checkout of a pull request, as the workflow's first steps leave it, and what runs its others. */
async function startRunner() {
  const base = mkdtempSync(join(tmpdir(), "sheaf-workflow-"));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  for (const folder of ["bin", "home", "work"]) mkdirSync(join(base, folder));
  const program = join(root, "packages/sheaf/bin/sheaf.cjs");
  writeFileSync(join(base, "bin/sheaf"), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(join(base, "bin/sheaf"), 0o755);
  const { comments, url } = await startComments();
  const env = {
    PATH: [join(base, "bin"), join(process.execPath, ".."), process.env["PATH"]].join(delimiter),
    HOME: join(base, "home"),
    GIT_CONFIG_NOSYSTEM: "1",
    GITHUB_API_URL: url,
    GITHUB_BASE_REF: "main",
    GITHUB_REPOSITORY: "team/evals",
    GITHUB_STEP_SUMMARY: join(base, "summary.md"),
    GITHUB_WORKSPACE: join(base, "work"),
    NUMBER: "7",
    TOKEN: "secret",
  };
  const bash = (script: string, temporary: string) =>
    new Promise<{ code: number; printed: string }>(resolve => {
      const options = { cwd: env.GITHUB_WORKSPACE, env: { ...env, RUNNER_TEMP: temporary }, timeout: 60_000 };
      const words = ["--noprofile", "--norc", "-eo", "pipefail", "-c", script];
      const child = execFile("bash", words, options, (error, out, err) =>
        resolve({ code: error ? (child.exitCode ?? 1) : 0, printed: out + err }),
      );
    });
  return { base, env, comments, bash };
}

type Runner = Awaited<ReturnType<typeof startRunner>>;

/** Runs the workflow's own steps: after a failure only those that are meant to. Gives what they printed, and whether all went well. */
async function runSteps({ base, bash }: Runner): Promise<{ isGreen: boolean; printed: string }> {
  const temporary = mkdtempSync(join(base, "temporary-"));
  let isGreen = true;
  let printed = "";
  for (const step of steps) {
    if (step.run === undefined || step.run.startsWith("npm install")) continue;
    if (!isGreen && step.if === undefined) continue;
    const ended = await bash(step.run, temporary);
    isGreen &&= ended.code === 0;
    printed += ended.printed;
  }
  return { isGreen, printed };
}

async function pullRequest(runner: Runner, lines: string): Promise<void> {
  const git = "git -c user.name=Bo -c user.email=bo@example.org";
  const file = "qa/rows/all.jsonl";
  const row = '{"@id":"q1","answer":"5"}';
  const script = [
    `[ -d .git ] || { git init --quiet --initial-branch=main; mkdir -p qa/rows; echo '${row}' > ${file}; git add .; ${git} commit --quiet -m first; }`,
    "git update-ref refs/remotes/origin/main main",
    `git checkout --quiet --detach main; printf '%s\\n' '${lines}' > ${file}; ${git} commit --quiet --all -m change`,
  ];
  const { code, printed } = await runner.bash(script.join("\n"), runner.base);
  expect(code, printed).toBe(0);
}

test("on a pull request it passes, and keeps one comment up to date", async () => {
  const runner = await startRunner();
  await pullRequest(runner, '{"@id":"q1","answer":"4"}');
  expect(await runSteps(runner)).toMatchObject({ isGreen: true });
  expect(runner.comments).toHaveLength(1);
  expect(runner.comments[0].body).toMatch(/^<!-- sheaf -->\n[^]*q1[^]*answer/);
  await pullRequest(runner, '{"@id":"q2","answer":"7"}');
  expect(await runSteps(runner)).toMatchObject({ isGreen: true });
  expect(runner.comments).toHaveLength(1);
  expect(runner.comments[0].body).toContain("q2");
});

test("on one that Sheaf refuses it fails, and the comment says where", async () => {
  const runner = await startRunner();
  await pullRequest(runner, '{"answer": oops}');
  const { isGreen, printed } = await runSteps(runner);
  expect(isGreen).toBe(false);
  expect(printed).toContain("qa/rows/all.jsonl:1:12");
  expect(runner.comments).toMatchObject([{ body: expect.stringContaining("qa/rows/all.jsonl:1:12") as string }]);
  expect(existsSync(runner.env.GITHUB_STEP_SUMMARY)).toBe(true);
});

test("without the right to comment it passes with a warning", async () => {
  const runner = await startRunner();
  runner.env.GITHUB_API_URL = "http://127.0.0.1:1";
  await pullRequest(runner, '{"@id":"q1","answer":"4"}');
  expect(await runSteps(runner)).toEqual({ isGreen: true, printed: expect.stringContaining("::warning::") as string });
});
