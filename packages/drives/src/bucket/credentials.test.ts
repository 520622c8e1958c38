import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isSheafError } from "@sheaf/core";
import { findCredentials } from "./credentials.js";

function homeWith(credentials: string): string {
  const home = mkdtempSync(join(tmpdir(), "sheaf-home-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, ".aws"));
  writeFileSync(join(home, ".aws/credentials"), credentials);
  return home;
}

const file = `# a comment
[default]
aws_access_key_id = one
aws_secret_access_key=two

[work]\r
aws_access_key_id = three\r
aws_secret_access_key = f=our\r
aws_session_token = five\r
[half]
aws_access_key_id = six
`;

test("the environment comes first", () => {
  const env = { HOME: homeWith(file), AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
  expect(findCredentials(env)).toEqual({ accessKeyId: "id", secretAccessKey: "secret" });
  expect(findCredentials({ ...env, AWS_SESSION_TOKEN: "token" })).toMatchObject({ sessionToken: "token" });
});

test("then a profile of the credentials file", () => {
  const env = { HOME: homeWith(file) };
  expect(findCredentials(env)).toEqual({ accessKeyId: "one", secretAccessKey: "two" });
  const work = { accessKeyId: "three", secretAccessKey: "f=our", sessionToken: "five" };
  expect(findCredentials({ ...env, AWS_PROFILE: "work" })).toEqual(work);
  const other = join(homeWith(""), "elsewhere");
  writeFileSync(other, file);
  expect(findCredentials({ HOME: "/nowhere", AWS_SHARED_CREDENTIALS_FILE: other })).toMatchObject({
    accessKeyId: "one",
  });
});

test.each(["half", "none"])("profile %s gives no credentials, which is refused with what to do", profile => {
  expect(() => findCredentials({ HOME: homeWith(file), AWS_PROFILE: profile })).toThrow("AWS_ACCESS_KEY_ID");
  try {
    findCredentials({ HOME: "/nowhere" });
  } catch (error) {
    expect(isSheafError(error, "bad-input")).toBe(true);
  }
});
