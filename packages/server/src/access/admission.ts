/**
 * Who may do what: reads the token of a request and judges it by what the route needs.
 *
 * Default is to deny: a token for some datasets reaches only what is judged by dataset. Where no token was ever made, and only this machine can reach the
 * port, whoever calls is taken for the person at it.
 */
import type { Local } from "@sheaf/core";
import type { Caller, Need, Scope } from "../call.js";
import { HttpError } from "../problem.js";
import { fits } from "./pattern.js";
import { anyToken, findToken, type Token } from "./token.js";

export interface AdmissionOptions {
  /** Whether the port is open to this machine alone, so that there may be no tokens. */
  readonly isPrivate: boolean;
  /** How long what was found out of a token is believed, in milliseconds: so late a revocation is seen. Default: 2,000. */
  readonly trustMs?: number;
}

const ranks = { open: 0, read: 1, write: 2, admin: 3 } satisfies Record<Scope, number>;
/** Secrets that are remembered, right and wrong ones. */
const maxRemembered = 1024;

interface Remembered {
  readonly token: Promise<Token | undefined>;
  readonly until: number;
}

export class Admission {
  readonly #remembered = new Map<string, Remembered>();
  #anyToken: { readonly known: Promise<boolean>; readonly until: number } | undefined;

  constructor(
    readonly local: Local,
    readonly options: AdmissionOptions,
  ) {}

  /** Says who calls, by an Authorization header. Throws 401 without a good token, 403 for one that may not do this. */
  async admit(authorization: string | null, need: Need): Promise<Caller> {
    const secret = secretOf(authorization);
    if ((secret === undefined || need.isVendors) && !(await this.#areTokensNeeded())) return { id: "local" };
    if (secret === undefined)
      throw unauthorized(
        "this server wants a token: send Authorization: Bearer sheaf_… (sheaf token create makes one)",
      );
    const token = await this.#find(secret);
    if (!token) throw unauthorized("there is no such token, or it was revoked");
    if (token.expires !== undefined && token.expires <= this.local.platform.now())
      throw unauthorized("this token has expired");
    return judged(token, need);
  }

  async #areTokensNeeded(): Promise<boolean> {
    if (!this.options.isPrivate) return true;
    const now = this.local.platform.now();
    if (!this.#anyToken || this.#anyToken.until <= now)
      this.#anyToken = { known: anyToken(this.local), until: now + this.#trustMs };
    const isAny = await this.#anyToken.known;
    // What was made once stays known.
    if (isAny) this.#anyToken = { known: Promise.resolve(true), until: Infinity };
    return isAny;
  }

  get #trustMs(): number {
    return this.options.trustMs ?? 2000;
  }

  #find(secret: string): Promise<Token | undefined> {
    const now = this.local.platform.now();
    const known = this.#remembered.get(secret);
    if (known && known.until > now) return known.token;
    if (this.#remembered.size >= maxRemembered) this.#remembered.clear();
    const token = findToken(this.local, secret);
    this.#remembered.set(secret, { token, until: now + this.#trustMs });
    token.catch(() => this.#remembered.delete(secret));
    return token;
  }
}

function judged({ id, name, email, scope, datasets }: Token, need: Need): Caller {
  if (ranks[scope] < ranks[need.scope]) throw forbidden(`this token may ${scope}, and this needs ${need.scope}`);
  if (datasets === undefined) return { id, name, email };
  const mayTouch = (dataset: string) => fits(dataset, datasets);
  if (need.dataset === undefined && need.isJudged !== true)
    throw forbidden("this token is for some datasets, and this concerns the whole repository");
  if (need.dataset !== undefined && !mayTouch(need.dataset))
    throw forbidden(`this token is not for the dataset ${JSON.stringify(need.dataset)}`);
  return { id, name, email, mayTouch };
}

/** The secret of a request: bearer, or basic with it as the password (as git sends it) or as the user without one. */
function secretOf(header: string | null): string | undefined {
  if (header === null) return undefined;
  const bearer = /^bearer +(\S{1,256})$/i.exec(header)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^basic +([A-Za-z0-9+/=_-]{1,1024})$/i.exec(header)?.[1];
  if (basic === undefined) throw unauthorized("the Authorization header is neither Bearer nor Basic");
  const text = decodeBase64(basic);
  const colon = text.indexOf(":");
  const password = text.slice(colon + 1);
  return colon < 0 || password === "" ? text.slice(0, colon < 0 ? undefined : colon) : password;
}

function decodeBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    throw unauthorized("what stands after Basic is no base64");
  }
}

function unauthorized(why: string): HttpError {
  return new HttpError(401, "unauthorized", why, { "www-authenticate": 'Basic realm="sheaf", Bearer realm="sheaf"' });
}

function forbidden(why: string): HttpError {
  return new HttpError(403, "forbidden", why);
}
