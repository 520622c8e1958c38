/** Names of git's objects: made, read from bytes, written to bytes. */
import { utf8 } from "@sheaf/core";
import type { GitPlatform, ObjectType, Oid } from "./object.js";

/** Bytes of a name inside trees and packs. */
export const oidBytes = 20;

/** What the protocol writes for "nothing": a ref that is not there. */
export const zeroOid = "0".repeat(2 * oidBytes) as Oid;

const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Names an object. */
export function oidOf(platform: GitPlatform, type: ObjectType, body: Uint8Array): Oid {
  return platform.sha1(utf8(`${type} ${body.length}\0`), body) as Oid;
}

/** Says whether the text is the name of an object, in full. */
export function isOid(text: string): text is Oid {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Reads the name that stands at `at` as 20 bytes. */
export function readOid(bytes: Uint8Array, at: number): Oid {
  let hex = "";
  for (let i = at; i < at + oidBytes; i++) hex += hexDigits[bytes[i]];
  return hex as Oid;
}

/** Writes the name at `at` as 20 bytes. */
export function writeOid(oid: Oid, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < oidBytes; i++) bytes[at + i] = Number.parseInt(oid.slice(2 * i, 2 * i + 2), 16);
}
