/** Which of its two generations a client speaks: the older one commits versions and adds to what is deployed; its last SDKs were npm 0.8.19 and PyPI 0.8.29. */
import type { Asked } from "../../asked.js";

const lastOlder = { python: 29, other: 19 };

/** Says whether a request comes from the older generation: it has a commit message, or an SDK of it sent it. */
export function isOlder({ headers }: Asked, commitMessage?: string | null): boolean {
  if (commitMessage !== undefined && commitMessage !== null) return true;
  const version = /^0\.8\.(\d+)/.exec(headers.get("x-fern-sdk-version") ?? "");
  if (!version || headers.get("x-fern-sdk-name") !== "humanloop") return false;
  const isPython = headers.get("x-fern-language")?.toLowerCase() === "python";
  return Number(version[1]) <= (isPython ? lastOlder.python : lastOlder.other);
}
