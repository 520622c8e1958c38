/** What people say of traces and spans. */
import type { ValueObject } from "@sheaf/core";
import { json } from "../../answer.js";
import type { Route } from "../../route.js";
import { changeRecords } from "../catalog/records.js";
import { notFound } from "./errors.js";
import { listOf } from "./experiment-item.js";
import { isBlank, Rules } from "./fields.js";
import { operation } from "./operation.js";
import { words } from "./traces.js";

export const commentRoutes: readonly Route[] = (["traces", "spans"] as const).map(kind =>
  operation(
    {
      id: `add${words[kind].one}Comment`,
      method: "POST",
      path: `/v1/private/${kind}/{id}/comments`,
      scope: "write",
      says: `Adds a comment to ${words[kind].what}.`,
    },
    async ask => {
      const text = (await ask.body()).text("text") ?? "";
      new Rules().hold(!isBlank(text), "text must not be blank").done();
      const [own, { now }] = [ask.ids.fresh(1)[0], ask];
      const by = ask.call.author.name;
      const times = { created_at: now, last_updated_at: now };
      const comment: ValueObject = { id: own, text, ...times, ...(by === undefined ? {} : { created_by: by }) };
      let isThere = false;
      await changeRecords(ask.call, ask.desk, kind, [ask.uuid("id")], (_, before) => {
        isThere = before !== undefined;
        return before && { ...before, comments: [...listOf(before["comments"]), comment] };
      });
      if (!isThere) throw notFound(`${words[kind].one} not found`);
      const [path] = ask.call.request.url.split("?", 1);
      return json({ id: own }, { status: 201, headers: { location: `${path}/${own}` } });
    },
  ),
);
