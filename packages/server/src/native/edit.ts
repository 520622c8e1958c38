/** Changes over several datasets and files in one commit: all of them or none. */
import { badInput, parsePatch, toBlockForm, utf8, type Change, type Value, type ValueObject } from "@sheaf/core";
import { json } from "../answer.js";
import { route } from "../route.js";
import { t, type Static } from "../schema.js";
import { edit, editAnswers } from "./edits.js";
import { anyObject, editQuery, fields, patch } from "./shapes.js";

const path = t.String({ minLength: 1 });

const change = t.Union([
  fields({ dataset: path, patch }),
  fields({ dataset: path, create: fields({ meta: t.Optional(anyObject) }) }),
  fields({
    dataset: path,
    insert: fields({ item: anyObject, meta: t.Optional(anyObject), id: t.Optional(t.String()) }),
  }),
  fields({ dataset: path, rename: path }),
  fields({ dataset: path, remove: t.Literal(true) }),
  fields({
    file: path,
    text: t.Optional(t.String()),
    base64: t.Optional(t.String({ description: "instead of text: any bytes" })),
    isProgram: t.Optional(t.Boolean({ description: "it can be run, where it is checked out" })),
  }),
  fields({ file: path, remove: t.Literal(true) }),
]);
type AskedChange = Static<typeof change>;

/** Changes of one request, at most. */
const maxChanges = 10_000;

export const editRoutes = [
  route(
    {
      method: "POST",
      path: "/api/v1/edit",
      operationId: "edit",
      tag: "edit",
      summary: "Makes a list of changes over datasets and files, in their order: all of them in one commit, or none.",
      scope: "write",
      isJudged: true,
      query: t.Object(editQuery),
      body: { json: fields({ changes: t.Array(change, { minItems: 1, maxItems: maxChanges }) }) },
      answers: editAnswers,
    },
    async (call, _, desk) => {
      const { changes } = await call.json();
      for (const one of changes) {
        // A file belongs to no dataset, so that who may write some datasets alone may not write it.
        await call.permit({ scope: "write", ...("dataset" in one ? { dataset: one.dataset } : {}) });
        if ("rename" in one) await call.permit({ scope: "write", dataset: one.rename });
      }
      return json(await edit(call, desk, changes.map(changeOf)));
    },
  ),
] as const;

function changeOf(asked: AskedChange, i: number): Change {
  if ("file" in asked) return "remove" in asked ? { file: asked.file, content: null } : written(asked, i);
  if ("patch" in asked) return { dataset: asked.dataset, patch: parsePatch(asked.patch as Value) };
  if ("insert" in asked) {
    const { id, item, meta } = asked.insert;
    const insert = toBlockForm(item as ValueObject, meta as ValueObject | undefined);
    return { dataset: asked.dataset, insert, ...(id === undefined ? {} : { id }) };
  }
  if ("create" in asked) {
    const { meta } = asked.create;
    return { dataset: asked.dataset, create: meta === undefined ? {} : { meta: meta as ValueObject } };
  }
  return asked;
}

type Written = { file: string; text?: string; base64?: string; isProgram?: boolean };

function written({ file, text, base64, isProgram }: Written, i: number): Change {
  const mode = isProgram === true ? { mode: 0o100755 } : {};
  if ((text === undefined) === (base64 === undefined))
    throw badInput("a file is written from its text or its base64: give one of the two", { pointer: `/changes/${i}` });
  if (text !== undefined) return { file, content: utf8(text), ...mode };
  try {
    return { file, content: Uint8Array.from(atob(base64 ?? ""), character => character.charCodeAt(0)), ...mode };
  } catch {
    throw badInput("this is not base64", { pointer: `/changes/${i}/base64` });
  }
}
