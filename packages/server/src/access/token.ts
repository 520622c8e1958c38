/**
 * Tokens: who may do what with the repository, kept in it as logs, so that all servers over one folder or bucket share them.
 *
 * A token is a random secret of 256 bits, shown once. What rests is its sha2-256, which is as good as any slower hash for a secret that nobody can guess.
 * The log of a token is named by the beginning of that hash; to revoke it is a new entry, so that the old ones tell who had it.
 */
import { badInput, parseJson, printJson, SheafError, utf8, type Local, type Value } from "@sheaf/core";
import type { Scope } from "../call.js";
import { patternFault } from "./pattern.js";

/** What a token says of whoever has it. Never the secret. */
export interface Token {
  /** Names it for people and logs: the first 16 hex digits of the secret's hash. */
  readonly id: string;
  /** Name and e-mail of the author of what is committed with it. */
  readonly name: string;
  readonly email: string;
  readonly scope: Exclude<Scope, "open">;
  /** Patterns of the datasets that it is for (`qa`, `safety/*`, `team/**`); absent: all, and everything else. */
  readonly datasets?: readonly string[];
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly expires?: number;
}

/** What is asked for when a token is made. */
export type TokenWish = Omit<Token, "id" | "created">;

const prefix = "tokens/";
const secretForm = /^sheaf_[0-9a-f]{64}$/;
const idDigits = 16;

/** Makes a token; gives its secret, which is nowhere else. Throws bad-input for a pattern that no path fits. */
export async function createToken(local: Local, wish: TokenWish): Promise<{ token: Token; secret: string }> {
  for (const pattern of wish.datasets ?? []) {
    const fault = patternFault(pattern);
    if (fault !== undefined) throw badInput(`${JSON.stringify(pattern)} is no pattern of datasets: it ${fault}`);
  }
  for (const text of [wish.name, wish.email])
    if (/[<>\p{Cc}]/u.test(text) || text === "")
      throw badInput(`${JSON.stringify(text)} cannot stand in a commit as name or e-mail`);
  const { platform } = local;
  const secret = `sheaf_${platform.nonce()}${platform.nonce()}`;
  const hash = hashOf(local, secret);
  const token: Token = { id: hash.slice(0, idDigits), created: platform.now(), ...wish };
  const value = printJson({ ...token, hash } as unknown as Value);
  const move = { from: undefined, to: value, who: await local.author(), zone: local.zone(), command: "token create" };
  if (!(await local.logs.move(prefix + token.id, move)).ok)
    throw new SheafError("refused", {}, "two tokens would have the same name; make it again");
  return { token, secret };
}

/** The tokens that are not revoked, expired ones too, oldest first. */
export async function listTokens(local: Local): Promise<Token[]> {
  const heads = await local.logs.heads(prefix);
  const tokens = heads.flatMap(({ entry: { value } }) => (value === null ? [] : [parseToken(value).token]));
  return tokens.sort((a, b) => a.created - b.created);
}

/** Ends a token, by its id or the beginning of it. Throws no-such-ref, or bad-input when several begin so. */
export async function revokeToken(local: Local, id: string): Promise<Token> {
  const found = (await listTokens(local)).filter(token => token.id.startsWith(id) && id !== "");
  if (found.length > 1) throw badInput(`${found.length} tokens begin with ${id}; give more of it`);
  if (found.length === 0)
    throw new SheafError(
      "no-such-ref",
      { ref: id },
      `there is no token ${JSON.stringify(id)}; sheaf token list lists them`,
    );
  const name = prefix + found[0].id;
  for (;;) {
    const from = await local.logs.read(name);
    if (!from || from.value === null) return found[0];
    const move = { from, to: null, who: await local.author(), zone: local.zone(), command: "token revoke" };
    if ((await local.logs.move(name, move)).ok) return found[0];
  }
}

/** Says whether there ever was a token, revoked and expired ones too. */
export async function anyToken(local: Local): Promise<boolean> {
  for await (const name of local.logs.names(prefix)) if (name.startsWith(prefix)) return true;
  return false;
}

/** The token of a secret; `undefined` when there is none, or it was revoked. Whether it expired is for the caller to see. */
export async function findToken(local: Local, secret: string): Promise<Token | undefined> {
  if (!secretForm.test(secret)) return undefined;
  const hash = hashOf(local, secret);
  const value = (await local.logs.read(prefix + hash.slice(0, idDigits)))?.value;
  if (value === undefined || value === null) return undefined;
  const kept = parseToken(value);
  return sameText(kept.hash, hash) ? kept.token : undefined;
}

function hashOf({ platform }: Local, secret: string): string {
  const digest = new Uint8Array(32);
  platform.digestInto(utf8(secret), digest, 0);
  return Array.from(digest, byte => byte.toString(16).padStart(2, "0")).join("");
}

/** Takes as long for texts that differ at their beginning as for others. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % b.length);
  return difference === 0;
}

function parseToken(text: string): { token: Token; hash: string } {
  const { hash, ...token } = parseJson(utf8(text)) as unknown as Token & { hash: string };
  return { token, hash };
}
