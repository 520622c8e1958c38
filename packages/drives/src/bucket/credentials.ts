/** Where the key to a bucket comes from: options, the usual environment, or the file that other tools keep. Nothing here is ever printed. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { SheafError } from "@sheaf/core";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Comes with credentials that end after some hours. */
  readonly sessionToken?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the credentials in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, else in the section `AWS_PROFILE` (default: `default`)
 * of `AWS_SHARED_CREDENTIALS_FILE` (default: `~/.aws/credentials`).
 *
 * Throws bad-input when there are none, and says where they were looked for.
 */
export function findCredentials(env: Environment): Credentials {
  const found = fromEnvironment(env) ?? fromFile(env);
  if (found) return found;
  const message =
    "there are no credentials for the bucket; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws/credentials with AWS_PROFILE";
  throw new SheafError("bad-input", {}, message);
}

function fromEnvironment(env: Environment): Credentials | undefined {
  return complete(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"]);
}

function fromFile(env: Environment): Credentials | undefined {
  const path = env["AWS_SHARED_CREDENTIALS_FILE"] || join(env["HOME"] || homedir(), ".aws", "credentials");
  const section = readSection(path, env["AWS_PROFILE"] || "default");
  return complete(
    section.get("aws_access_key_id"),
    section.get("aws_secret_access_key"),
    section.get("aws_session_token"),
  );
}

function complete(id = "", secret = "", token = ""): Credentials | undefined {
  if (id === "" || secret === "") return undefined;
  return { accessKeyId: id, secretAccessKey: secret, ...(token === "" ? {} : { sessionToken: token }) };
}

/** The settings below `[name]`; none when there is no such file or section. */
function readSection(path: string, name: string): Map<string, string> {
  const settings = new Map<string, string>();
  let isInside = false;
  for (const line of readText(path).split(/\r?\n/)) {
    const heading = /^\s*\[\s*(.*?)\s*\]/.exec(line);
    if (heading) isInside = heading[1] === name;
    const setting = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/i.exec(line);
    if (isInside && setting) settings.set(setting[1].toLowerCase(), setting[2]);
  }
  return settings;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // no such file, or none that this user may read: the sentence of whoever asked says what to do
  }
}
