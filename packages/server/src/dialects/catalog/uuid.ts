/** UUIDs for what has another name in Sheaf: pure functions of that name, so that every server and every clone shows the same. */
import { utf8, type Platform } from "@sheaf/core";

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += digits[byte];
  return text;
}

/** Any UUID, in lower case. */
export const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A UUID of this version made from texts. With `ms` (milliseconds since 1970) it begins with that time, as version 7 does, so that it sorts by it. */
export function madeUuid(platform: Platform, version: 4 | 7 | 8, texts: readonly string[], ms?: number): string {
  const digest = new Uint8Array(32);
  platform.digestInto(utf8(JSON.stringify(texts)), digest, 0);
  const bytes = digest.slice(0, 16);
  if (ms !== undefined) for (let i = 0; i < 6; i++) bytes[i] = Math.floor(ms / 2 ** (8 * (5 - i))) & 0xff;
  return dressed(bytes, version);
}

/** A fresh UUIDv4, or v7 of now. */
export function freshUuid(platform: Platform, version: 4 | 7): string {
  return madeUuid(platform, version, [platform.nonce()], version === 7 ? platform.now() : undefined);
}

function dressed(bytes: Uint8Array, version: number): string {
  bytes[6] = (bytes[6] & 0x0f) | (version << 4);
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = hex(bytes);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}
