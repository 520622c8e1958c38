/** The calls that Galileo's clients make before all others: is it there, let me in, who am I. */
import type { Repository } from "@sheaf/core";
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import { route } from "../../route.js";
import { t } from "../../schema.js";
import { keyIn, printAccessToken } from "./access-token.js";
import { loginForm } from "./login-form.js";
import { userInfo, type UserInfo } from "./users.js";

/** Headers that hold a key and nothing else. */
export const keyHeaders = ["galileo-api-key", "splunk-ao-api-key"];

/** Far longer than any token. */
const maxKeyLength = 256;

const tag = "session";
const token = { 200: { description: "the token, to be sent as Bearer" } } as const;

export const sessionRoutes = [
  route(
    {
      method: "GET",
      path: "/healthcheck",
      operationId: "healthcheck",
      tag,
      summary: "Says that the server is there.",
      scope: "open",
      answers: { 200: { description: "it is" } },
    },
    async () => json({ api_version: "v2", message: "Healthy", version: "2.0.0" }),
  ),
  route(
    {
      method: "POST",
      path: "/login/api_key",
      operationId: "login_api_key",
      tag,
      summary: "Takes an API key, which is a token of this server, and gives it back as one.",
      scope: "open",
      body: { json: t.Object({ api_key: t.String() }) },
      answers: token,
    },
    async (call, repo) => login(call, repo, (await call.json()).api_key),
  ),
  route(
    {
      method: "POST",
      path: "/login",
      operationId: "login_email",
      tag,
      summary: "As login_api_key, with the token as the password of a form.",
      scope: "open",
      body: { bytes: ["application/x-www-form-urlencoded", "multipart/form-data"] },
      answers: token,
    },
    async (call, repo) => login(call, repo, (await loginForm(call)).password),
  ),
  route(
    {
      method: "POST",
      path: "/refresh_token",
      operationId: "refresh_token",
      tag,
      summary: "Gives the caller's token again: tokens of this server last until they are revoked.",
      scope: "read",
      answers: token,
    },
    async (call, repo) => login(call, repo, bearerOf(call.request.headers) ?? ""),
  ),
  route(
    {
      method: "GET",
      path: "/current_user",
      operationId: "current_user",
      tag,
      summary: "Says who is calling.",
      scope: "read",
      answers: { 200: { description: "the user" } },
    },
    async (call, repo) => json({ ...(await callerInfo(call, repo)), role: "user" }),
  ),
] as const;

/** The person who calls; where no tokens are needed, the one whom the repository's commits name. */
export async function callerInfo(call: Call, repo: Repository): Promise<UserInfo> {
  const local = repo.local();
  return userInfo(local.platform, { ...(await local.author()), ...call.author });
}

/** Throws 401 for a key that opens nothing here. */
async function login(call: Call, repo: Repository, key: string): Promise<Response> {
  await call.permit({ scope: "read", isJudged: true }, bearing(key));
  return json({ access_token: printAccessToken(key, repo.local().platform.now()), token_type: "bearer" });
}

/** The Authorization header for a key, of whatever characters: a token of this server has plain ones, and others are good only where none is needed. */
export function bearing(key: string): string {
  return `Bearer ${encodeURIComponent(key.toWellFormed()).slice(0, maxKeyLength) || "-"}`;
}

/** Says whether a request has an access token that was given here. */
export function isLoggedIn(headers: Headers): boolean {
  return keyIn(tokenOf(headers) ?? "") !== undefined;
}

function tokenOf(headers: Headers): string | undefined {
  return /^Bearer\s+(\S+)\s*$/i.exec(headers.get("authorization") ?? "")?.[1];
}

/** The key that a request sends: plain in any of these headers, or within an access token. */
export function bearerOf(headers: Headers): string | undefined {
  const bearer = tokenOf(headers);
  if (bearer !== undefined) return keyIn(bearer) ?? bearer;
  return keyHeaders.map(name => headers.get(name) ?? undefined).find(key => key !== undefined);
}
