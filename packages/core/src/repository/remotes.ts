/** Remotes as the configuration keeps them, and the refs that follow their branches. */
import type { Cid } from "../block/cid.js";
import { badInput, SheafError } from "../errors.js";
import { setKey, type Value, type ValueObject } from "../item/value.js";
import { Config } from "./config.js";
import type { Context } from "./context.js";
import { writeLog } from "./heads.js";
import type { RemoteAdded, RemoteInfo } from "./remote-contract.js";

/** Where the branches of a remote are kept here, as they were when it was last fetched. */
export function trackingRef(remote: string, branch: string): string {
  return `refs/remotes/${remote}/${branch}`;
}

/** The log of what a ref that belongs to no branch was when it was last fetched from, or pushed to, a remote. */
export function seenLog(remote: string, ref: string): string {
  return `seen/${remote}/${ref}`;
}

/** Notes what a ref is on the other side. */
export async function noteSeen(
  context: Context,
  remote: string,
  ref: string,
  cid: Cid | null,
  command: string,
): Promise<void> {
  const log = seenLog(remote, ref);
  const entry = await context.logs.read(log);
  if ((entry?.value ?? null) !== cid) await writeLog(context, log, entry, cid, command);
}

const urlKey = /^remote\.([^.]+)\.url$/;

/** The remotes, in the order of their names. */
export async function listRemotes(context: Context): Promise<RemoteInfo[]> {
  const all = await new Config(context).all();
  return Object.entries(all)
    .flatMap(([key, url]) => {
      const name = urlKey.exec(key)?.[1];
      return name === undefined || typeof url !== "string" ? [] : [{ name, url }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The URL of a remote, if there is one of this name. */
export async function remoteUrl(context: Context, name: string): Promise<string | undefined> {
  return (await listRemotes(context)).find(remote => remote.name === name)?.url;
}

/** Records a remote. Throws already-exists. */
export async function addRemote(context: Context, name: string, url: string): Promise<RemoteAdded> {
  checkName(context, name);
  if ((await remoteUrl(context, name)) !== undefined)
    throw new SheafError(
      "already-exists",
      { kind: "ref", name },
      `there is a remote ${name} already; give another name, or change its URL with sheaf remote set-url`,
    );
  return record(context, name, url, `remote add ${name}`);
}

/** Changes where a remote is. */
export async function setRemoteUrl(context: Context, name: string, url: string): Promise<RemoteAdded> {
  await need(context, name);
  return record(context, name, url, `remote set-url ${name}`);
}

/** Forgets a remote, the refs that follow its branches, and what follows them. */
export async function removeRemote(context: Context, name: string): Promise<void> {
  await need(context, name);
  const command = `remote remove ${name}`;
  await new Config(context).update(command, all => {
    for (const key of keysAbout(all, name)) delete all[key];
  });
  for (const prefix of [trackingRef(name, ""), seenLog(name, "")])
    for (const { name: log, entry } of await context.logs.heads(prefix))
      await writeLog(context, log, entry, null, command);
}

/** Gives a remote another name; the refs that follow its branches go along. */
export async function renameRemote(context: Context, from: string, to: string): Promise<void> {
  await need(context, from);
  checkName(context, to);
  if ((await remoteUrl(context, to)) !== undefined)
    throw new SheafError("already-exists", { kind: "ref", name: to }, `there is a remote ${to} already`);
  const command = `remote rename ${from} ${to}`;
  for (const [before, after] of [
    [trackingRef(from, ""), trackingRef(to, "")],
    [seenLog(from, ""), seenLog(to, "")],
  ])
    for (const { name, entry } of await context.logs.heads(before)) {
      const moved = after + name.slice(before.length);
      await writeLog(context, moved, await context.logs.read(moved), entry.value, command);
      await writeLog(context, name, entry, null, command);
    }
  await new Config(context).update(command, all => renameIn(all, from, to));
}

/**
 * The URL without what is secret in it: the name and password of http(s) and bucket URLs. The user of ssh stays, as it is part of the address.
 */
export function withoutCredentials(url: string): string {
  return url.replace(/^((?:https?|s3):\/\/)[^/@\s]*@/i, "$1").replace(/^(ssh:\/\/[^/@:\s]*):[^/@\s]*@/i, "$1@");
}

async function record(context: Context, name: string, url: string, command: string): Promise<RemoteAdded> {
  if (url === "" || /\p{Cc}/u.test(url)) throw badInput(`${JSON.stringify(url)} is not the URL of a repository`);
  const kept = withoutCredentials(url);
  await new Config(context).update(command, all => setKey(all, `remote.${name}.url`, kept));
  return { name, url: kept, stripped: kept !== url };
}

async function need(context: Context, name: string): Promise<void> {
  if ((await remoteUrl(context, name)) === undefined)
    throw new SheafError(
      "no-such-ref",
      { ref: name },
      `there is no remote ${JSON.stringify(name)}; sheaf remote lists them`,
    );
}

function checkName(context: Context, name: string): void {
  if (!/^[^./:\s]+$/.test(name))
    throw badInput(`${JSON.stringify(name)} cannot be the name of a remote: use letters and digits`);
  context.logs.check(trackingRef(name, "x"));
}

/** The keys about a remote, and about the branches that follow it. */
function keysAbout(all: ValueObject, remote: string): string[] {
  const keys = Object.keys(all);
  const followers = keys.filter(key => /^branch\..+\.remote$/.test(key) && all[key] === remote);
  const merges = followers.map(key => key.replace(/remote$/, "merge"));
  return [...keys.filter(key => key.startsWith(`remote.${remote}.`)), ...followers, ...merges];
}

function renameIn(all: ValueObject, from: string, to: string): void {
  const entries: [string, Value][] = Object.entries(all);
  for (const [key, value] of entries) {
    if (key.startsWith(`remote.${from}.`)) {
      delete all[key];
      setKey(all, `remote.${to}.${key.slice(`remote.${from}.`.length)}`, value);
    } else if (/^branch\..*\.remote$/.test(key) && value === from) setKey(all, key, to);
  }
}
