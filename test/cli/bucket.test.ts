/** A repository in a bucket, worked in without any folder. */
import { expect, onTestFinished, test } from "vitest";
import { Double } from "../../packages/drives/test/double.js";
import { freshShell } from "./shell.js";

const env = { AWS_ACCESS_KEY_ID: "tester", AWS_SECRET_ACCESS_KEY: "hidden-secret" };

test("-C takes the URL of a bucket: init, import, rows; a second init and a missing repository are refused", async () => {
  const double = await Double.start();
  onTestFinished(() => double.close());
  const shell = freshShell();
  const url = `s3://datasets/team?endpoint=${double.endpoint}`;
  const sheaf = (...args: string[]) => shell.run(args, { env });
  expect(await sheaf("-C", url, "ls")).toMatchObject({ code: 3, err: expect.stringContaining("sheaf init s3://") });
  expect(await sheaf("init", url)).toMatchObject({ code: 0, out: expect.stringContaining("s3://datasets/team") });
  expect(await sheaf("-C", url, "init")).toMatchObject({ code: 2, err: expect.stringContaining("already") });
  shell.write("qa.jsonl", '{"id":"q1","answer":"4"}\n');
  expect(await sheaf("-C", url, "import", "qa", "qa.jsonl", "--key", "id")).toMatchObject({ code: 0 });
  expect(await sheaf("-C", url, "get", "qa", "q1")).toMatchObject({ code: 0, out: expect.stringContaining('"4"') });
});

test("what is wrong with the bucket has its sentence and exit code, without the credentials", async () => {
  const double = await Double.start({ fault: () => ({ status: 403, code: "SignatureDoesNotMatch" }) });
  onTestFinished(() => double.close());
  const shell = freshShell();
  const denied = await shell.run(["-C", `s3://datasets?endpoint=${double.endpoint}`, "ls"], { env });
  expect(denied).toMatchObject({ code: 6, err: expect.stringContaining("check AWS_SECRET_ACCESS_KEY") });
  expect(denied.err).not.toContain("hidden-secret");
  const written = await shell.run(["-C", "s3://key:hidden-secret@datasets", "ls"], { env });
  expect(written).toMatchObject({ code: 2, err: expect.stringContaining("holds no credentials") });
  expect(written.err).not.toContain("hidden-secret");
});
