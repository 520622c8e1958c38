/** What gc has condemned: each verdict is a file under `gc/` that names packs and when they were condemned. */
import type { Platform } from "../platform.js";
import { fromUtf8, utf8 } from "../text.js";
import type { Drive } from "./drive.js";

export const verdictPrefix = "gc/";

export interface Verdict {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** `replaced`: every block of the packs is in others; `unreachable`: nothing needed it. */
  readonly why: "replaced" | "unreachable";
  readonly packs: readonly string[];
}

/** Records that these packs will be removed. */
export async function condemn(
  drive: Drive,
  platform: Platform,
  why: Verdict["why"],
  packs: readonly string[],
): Promise<void> {
  if (packs.length === 0) return;
  const verdict: Verdict = { time: platform.now(), why, packs };
  await drive.create(`${verdictPrefix}${platform.nonce()}`, utf8(`${JSON.stringify(verdict)}\n`));
}

/** The verdicts by name; those in `known` are not read again. */
export async function readVerdicts(drive: Drive, known: ReadonlyMap<string, Verdict>): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  for await (const name of drive.list(verdictPrefix)) {
    const verdict = known.get(name) ?? parseVerdict(await drive.read(name));
    if (verdict) verdicts.set(name, verdict);
  }
  return verdicts;
}

/** Reads a verdict; `undefined` when it is gone or damaged, which removes nothing. */
function parseVerdict(bytes: Uint8Array | undefined): Verdict | undefined {
  if (!bytes) return undefined;
  try {
    const { time, why, packs } = JSON.parse(fromUtf8(bytes)) as Partial<Verdict>;
    if (typeof time !== "number" || !Array.isArray(packs) || !packs.every(name => typeof name === "string"))
      return undefined;
    return { time, why: why === "replaced" ? "replaced" : "unreachable", packs };
  } catch {
    return undefined;
  }
}
