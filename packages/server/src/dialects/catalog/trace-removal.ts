/** Traces taken away with all that is within them. */
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { idsBy } from "./record-index.js";
import { recordPath, removeRecords } from "./records.js";

/** Removes those of these traces that are there, and their spans before them. Throws 403 before anything is removed. */
export async function removeTraces(call: Call, desk: Desk, traces: readonly string[]): Promise<void> {
  for (const kind of ["spans", "traces"]) await call.permit({ scope: "write", dataset: recordPath(kind) });
  const spansOf = await idsBy(desk, "spans", "trace_id");
  await removeRecords(
    call,
    desk,
    "spans",
    traces.flatMap(trace => spansOf.get(trace) ?? []),
  );
  await removeRecords(call, desk, "traces", traces);
}
