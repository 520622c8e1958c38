/** How a server's no becomes an error: its problem, with Sheaf's code and facts where the code is one of Sheaf's. */
import { isObject, parseJson, SheafError, view, type ErrorCode, type ErrorData, type Value } from "@sheaf/core";

/** The codes that are Sheaf's own. What only a server says (`unauthorized`, `too-large`) is `remote-failed`, with the code as its reason. */
const codes: Readonly<Record<ErrorCode, true>> = {
  "bad-input": true,
  refused: true,
  "already-exists": true,
  "no-such-ref": true,
  "no-such-dataset": true,
  "no-such-item": true,
  "no-such-repository": true,
  "stale-base": true,
  "missing-block": true,
  "corrupt-block": true,
  "drive-failed": true,
  "remote-failed": true,
};

/** Reads the problem of an answer as an error; the whole problem, with its `requestId`, is the error's `cause`. */
export async function errorOf(response: Response, remote: string): Promise<SheafError> {
  const { status } = response;
  const problem = problemIn(await response.text().catch(() => ""));
  if (problem === undefined) {
    const reason = `it answered with status ${status} and no problem that Sheaf knows`;
    return new SheafError("remote-failed", { remote, reason, status }, `${remote}: ${reason}`);
  }
  const { code, detail, data } = problem;
  if (isCode(code)) return new SheafError(code, data as ErrorData[typeof code], detail, { cause: problem });
  return new SheafError("remote-failed", { remote, reason: code, status }, detail, { cause: problem });
}

/** Makes the error for a server that could not be reached, or an answer that broke off. */
export function brokenOff(error: unknown, remote: string): unknown {
  if (error instanceof SheafError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new SheafError("remote-failed", { remote, reason }, `${remote}: ${reason}`, { cause: error });
}

function problemIn(text: string): { code: string; detail: string; data: unknown } | undefined {
  const problem = parsed(text);
  if (!isObject(problem)) return undefined;
  const { code, detail, data = {} } = problem;
  if (typeof code !== "string" || typeof detail !== "string") return undefined;
  return { ...(view(problem) as object), code, detail, data: view(data) };
}

function parsed(text: string): Value | undefined {
  try {
    return parseJson(text.trim());
  } catch {
    return undefined;
  }
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(codes, code);
}
