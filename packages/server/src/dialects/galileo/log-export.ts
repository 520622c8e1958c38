/** Records that were logged, all that fit: a line of JSON each, as they are read. */
import { printJson, type ValueObject } from "@sheaf/core";
import { ndjson } from "../../answer.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t } from "../../schema.js";
import type { IdsBy } from "../catalog/record-index.js";
import { exportParams } from "./log-filter.js";
import type { LogKind } from "./log-record.js";
import { found, shownAll, spansSeen, traceWithSpans } from "./log-reading.js";
import { inProject, type Project } from "./projects.js";

/** Records that are read before their lines are sent. */
const recordsAtOnce = 100;

const roots = { trace: "traces", span: "spans", session: "sessions" } as const;

export const logExportRoutes = [
  route(
    {
      method: "POST",
      path: "/projects/{project_id}/export_records",
      operationId: "export_records",
      tag: "logs",
      summary: "Gives all records that fit, as lines of JSON; traces with the spans within.",
      scope: "read",
      params: inProject,
      body: {
        json: t.Composite([
          exportParams,
          t.Object({
            root_type: t.Union([t.Literal("trace"), t.Literal("span"), t.Literal("session")]),
            export_format: t.Optional(t.Union([t.Literal("jsonl"), t.Literal("jsonl_flat")])),
            redact: maybe(t.Boolean()),
          }),
        ]),
      },
      answers: { 200: { description: "lines of JSON" } },
    },
    async (call, _, desk) => {
      const asked = await call.json();
      const kind = roots[asked.root_type];
      const { project, ids } = await found(call, desk, kind, asked);
      const isFlat = asked.export_format === "jsonl_flat";
      const spansOf = kind === "traces" && !isFlat ? await spansSeen(call, desk) : undefined;
      return ndjson(recordTexts(desk, project, { kind, ids, spansOf, isRedacted: asked.redact ?? true }));
    },
  ),
] as const;

interface Wanted {
  readonly kind: LogKind;
  readonly ids: readonly string[];
  /** Of traces: the spans that are to stand within them. */
  readonly spansOf: IdsBy | undefined;
  readonly isRedacted: boolean;
}

async function* recordTexts(desk: Desk, project: Project, wanted: Wanted): AsyncGenerator<string> {
  const { kind, ids, spansOf, isRedacted } = wanted;
  for (let from = 0; from < ids.length; from += recordsAtOnce)
    for (const record of await shownAll(desk, project, kind, ids.slice(from, from + recordsAtOnce))) {
      const whole = spansOf ? await traceWithSpans(desk, project, record, spansOf) : record;
      yield printJson(isRedacted ? redacted(whole) : whole);
    }
}

/** With what the client gave for it in place of an input or an output, in the spans within too. */
function redacted(record: ValueObject): ValueObject {
  const { redacted_input: input, redacted_output: output, spans, ...rest } = record;
  return {
    ...rest,
    input: input ?? rest["input"],
    output: output ?? rest["output"],
    ...(Array.isArray(spans) ? { spans: spans.map(span => redacted(span as ValueObject)) } : {}),
  };
}
