/** Bytes as text that may stand in a URL: base64 with `-` and `_`, without `=` at its end. */

export function printBase64url(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Takes back {@link printBase64url}. Throws a DOMException for what is none. */
export function parseBase64url(text: string): Uint8Array {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, character => character.charCodeAt(0));
}
