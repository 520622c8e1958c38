/** The server as a public fuzzer sees it: Schemathesis reads the document, asks every operation, and holds each answer against what the document says. */
import { expect, test } from "vitest";
import { freshShell } from "../cli/shell.js";
import { pythonSdk } from "../dialects/sdks.js";
import { serve, sheaf } from "./process.js";

/** Runs it as from the command line, in a folder for what it notes. */
const program = [
  "import os, sys",
  "from schemathesis.cli import schemathesis",
  "os.chdir(sys.argv.pop(1))",
  "sys.argv[0] = 'schemathesis'",
  "schemathesis()",
].join("; ");

test("Schemathesis finds no answer that the document does not tell, and no error of the server's", async () => {
  const python = pythonSdk("schemathesis==4.32.5");
  const { folder } = freshShell();
  const shell = freshShell();
  const rows = shell.write("rows.jsonl", '{"id":"q1","a":1}\n{"id":"q2","a":2.0}\n');
  await sheaf({ folder }, "init");
  await sheaf({ folder }, "import", "qa", `${shell.folder}/${rows}`, "--key", "id");
  const server = await serve({ folder });
  const refusals = [400, 401, 403, 404, 405, 409, 412, 413, 415, 431].map(status => `"${status}"`);
  shell.write("st.toml", `[checks.negative_data_rejection]\nexpected-statuses = [${refusals.join(", ")}]\n`);
  const { status, stdout } = await python(program, { PYTHONIOENCODING: "utf8" }, [
    shell.folder,
    "--config-file=st.toml",
    "run",
    `${server.url}/api/v1/openapi.json`,
    "--phases=coverage,fuzzing",
    "--max-examples=6",
    "--seed=1",
    "--workers=2",
    "--request-timeout=60",
    "--no-color",
    // A schema cannot say what a revision, a filter or a patch must be, so that the server may refuse what fits it.
    "--exclude-checks=positive_data_acceptance",
    // It has no end; the others take bytes, which Schemathesis cannot make, or takes for JSON that is to be refused.
    "--exclude-path=/api/v1/events",
    "--exclude-path=/api/v1/datasets/{dataset}/import",
    "--exclude-path=/api/v1/sync/push",
    "--exclude-path=/{repository}/git-upload-pack",
    // They go wherever the URL of a remote leads, and tests stay on this machine.
    ...["fetch", "pull", "push"].map(verb => `--exclude-path=/api/v1/remotes/{remote}/${verb}`),
  ]);
  expect(stdout.match(/^- ST\d+[^]*?curl .*$/gm) ?? []).toEqual([]);
  expect(stdout).toMatch(/Tested: \d\d/);
  expect(status, stdout.slice(-3000)).toBe(0);
  expect(server.said()).not.toMatch(/"status":5/);
  expect(await sheaf({ folder }, "verify")).not.toContain("damaged");
});
