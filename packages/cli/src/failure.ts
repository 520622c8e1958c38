/** How a command fails: the exit code of every error, and its sentence on standard error. */
import { isSheafError, printPlace, SheafError, type ErrorCode, type Value } from "@sheaf/core";
import { ReaderGone } from "./outlet.js";
import { record } from "./record.js";
import { UsageError } from "./usage.js";

/** The exit code of every error that Sheaf throws on purpose. */
export const exitCodes = {
  "bad-input": 2,
  refused: 2,
  "already-exists": 2,
  "no-such-ref": 3,
  "no-such-dataset": 3,
  "no-such-item": 3,
  "no-such-repository": 3,
  "stale-base": 4,
  "missing-block": 5,
  "corrupt-block": 5,
  "drive-failed": 6,
  "remote-failed": 6,
} satisfies Record<ErrorCode, number>;

/** A difference or conflict was found, where asked. */
export const foundExit = 1;
export const usageExit = 2;
/** A file is damaged. */
export const damagedExit = 5;
/** An error that nobody foresaw: a bug. The number is BSD's EX_SOFTWARE. */
const bugExit = 70;
/** Stopped by an interrupt, as shells count: 128 + SIGINT. */
const interruptedExit = 130;

/** What to print, and the code to leave with. No message means to leave quietly. */
export interface Failure {
  readonly exit: number;
  readonly code: string;
  readonly message?: string;
  readonly data?: object;
}

/** Judges what was thrown. `aborted` says that the user interrupted. */
export function judge(error: unknown, aborted: boolean): Failure {
  if (error instanceof ReaderGone) return { exit: 0, code: "reader-gone" };
  if (isSheafError(error))
    return { exit: exitCodes[error.code], code: error.code, message: sentence(error), data: error.data };
  if (error instanceof UsageError) return { exit: usageExit, code: error.code, message: error.message };
  if (aborted) return { exit: interruptedExit, code: "interrupted" };
  const system = systemFailure(error);
  if (system !== undefined) return system;
  const what = error instanceof Error ? error.message : String(error);
  return {
    exit: bugExit,
    code: "internal",
    message: `${what} (this is a bug in Sheaf: please report it with the output of --debug)`,
  };
}

/** The failure as it goes to standard error: a sentence, or one JSON value. */
export function printFailure({ code, message = "", data }: Failure, json: boolean): string {
  if (!json) return `sheaf: ${message}`;
  return `{"error":${record({ code, message, data: JSON.parse(JSON.stringify(data ?? {})) as Value })}}`;
}

/** The message, with the place in front where the error knows one and the message does not say it. */
function sentence(error: SheafError): string {
  const place = error.code === "bad-input" ? printPlace((error as SheafError<"bad-input">).data) : "";
  return place === "" || error.message.includes(place) ? error.message : `${place}: ${error.message}`;
}

/** Errors of Node's file system and network: storage failed. */
function systemFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  const path = "path" in error ? String(error.path) : "";
  const reason = error.message.replace(/, \w+( '.*)?$/, "");
  return {
    exit: exitCodes["drive-failed"],
    code: "drive-failed",
    message: path ? `${path}: ${reason}` : reason,
    data: { name: path, reason },
  };
}
