/** Traces and spans taken away, and their scores. */
import { empty } from "../../answer.js";
import type { Route } from "../../route.js";
import { changeRecords, removeRecords } from "../catalog/records.js";
import { removeTraces } from "../catalog/trace-removal.js";
import { listOf } from "./experiment-item.js";
import { isBlank, Rules } from "./fields.js";
import { operation, type Ask } from "./operation.js";
import { words } from "./traces.js";

const most = 1000;

export const traceRemovalRoutes: readonly Route[] = [
  ...(["traces", "spans"] as const).map(kind =>
    operation(
      {
        id: `delete${words[kind].one}FeedbackScore`,
        method: "POST",
        path: `/v1/private/${kind}/{id}/feedback-scores/delete`,
        scope: "write",
        says: `Takes a score of ${words[kind].what} away.`,
      },
      async ask => {
        const name = (await ask.body()).text("name") ?? "";
        new Rules().hold(!isBlank(name), "name must not be blank").done();
        await changeRecords(ask.call, ask.desk, kind, [ask.uuid("id")], (_, before) => {
          const scores = listOf(before?.["feedback_scores"]);
          const left = scores.filter(score => score["name"] !== name);
          if (!before || left.length === scores.length) return undefined;
          const { feedback_scores: _gone, ...rest } = before;
          return left.length === 0 ? rest : { ...before, feedback_scores: left };
        });
        return empty();
      },
    ),
  ),
  operation(
    {
      id: "deleteTraces",
      method: "POST",
      path: "/v1/private/traces/delete",
      scope: "write",
      says: "Removes traces and their spans.",
    },
    async ask => {
      const ids = (await ask.body()).uuids("ids") ?? [];
      new Rules().size("ids", ids, most).done();
      return remove(ask, ids);
    },
  ),
  operation(
    {
      id: "deleteTraceById",
      method: "DELETE",
      path: "/v1/private/traces/{id}",
      scope: "write",
      says: "Removes a trace and its spans.",
    },
    ask => remove(ask, [ask.uuid("id")]),
  ),
  operation(
    {
      id: "deleteSpanById",
      method: "DELETE",
      path: "/v1/private/spans/{id}",
      scope: "write",
      says: "Removes a span.",
    },
    async ask => {
      await removeRecords(ask.call, ask.desk, "spans", [ask.uuid("id")]);
      return empty();
    },
  ),
];

async function remove(ask: Ask, ids: readonly string[]): Promise<Response> {
  await removeTraces(ask.call, ask.desk, ids);
  return empty();
}
