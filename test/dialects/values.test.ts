/** Law: a value that one face takes is the same through every other, to the digit; what a face does not take is refused in its words, and nothing is stored. */
import { Float, isObject, parseJson, printJson, sameValue, type Value, type ValueObject } from "@sheaf/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { awkwardKeys, objects, values } from "../../packages/core/src/testing/values.js";
import { findings } from "../sync/town.js";
import { form } from "./galileo-client.js";
import { uuid7 } from "./opik-client.js";
import { Town, type Answer } from "./town.js";

/** A face with one dataset of one row, as exact text. */
interface ExactFace {
  /** Makes the dataset with one row; the item is exact JSON text. */
  readonly write: (name: string, item: string) => Promise<Answer>;
  /** The item of the row as the face shows it. */
  readonly read: (name: string) => Promise<Value | undefined>;
  /** The item as the others see it. */
  readonly kept?: (item: ValueObject) => Value;
  /** What the face shows of an item. */
  readonly shown?: (item: ValueObject) => Value;
}

function facesOf(town: Town): Readonly<Record<string, ExactFace>> {
  const send = (method: string, path: string, text: string, headers = {}) =>
    town.ask(method, path, text, { "content-type": "application/json", ...headers });
  const O = "/opik/api/v1/private/datasets";
  const key = { "x-api-key": "key" };
  const at = async (name: string) => town.repo.dataset(name).info();
  return {
    opik: {
      write: (name, item) =>
        send(
          "PUT",
          `${O}/items`,
          `{"dataset_name":"${name}","items":[{"id":"${uuid7()}","source":"sdk","data":${item}}],"batch_group_id":"${uuid7()}"}`,
        ),
      async read(name) {
        const { text } = await send("POST", `${O}/items/stream`, `{"dataset_name":"${name}"}`);
        return member(parseJson(text), "data");
      },
    },
    arize: {
      async write(name, item) {
        const spaces: { spaces: { id: string }[] } = (await town.ask("GET", "/arize/v2/spaces")).body;
        const space = spaces.spaces[0].id;
        return send("POST", "/arize/v2/datasets", `{"name":"${name}","space_id":"${space}","examples":[${item}]}`);
      },
      async read(name) {
        const id = encodeURIComponent(btoa(`Dataset:1:${(await at(name)).id}`));
        const { text } = await town.ask("GET", `/arize/v2/datasets/${id}/examples`);
        const { id: _, created_at: __, updated_at: ___, ...item } = first(parseJson(text), "examples");
        return item;
      },
    },
    galileo: {
      async write(name, item) {
        const { id }: { id: string } = (await town.ask("POST", "/galileo/datasets", form({ name }))).body;
        const edits = `{"edits":[{"edit_type":"append_row","values":${item}}]}`;
        return send("PATCH", `/galileo/datasets/${id}/content`, edits);
      },
      async read(name) {
        const query = `{"filters":[{"name":"name","value":"${name}","operator":"eq"}]}`;
        const found: { datasets: { id: string }[] } = (await send("POST", "/galileo/datasets/query", query)).body;
        const { text } = await town.ask("GET", `/galileo/datasets/${found.datasets[0].id}/content`);
        return member(first(parseJson(text), "rows"), "values_dict");
      },
      shown: item => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, cell(value)])),
    },
    humanloop: {
      write: (name, item) =>
        send("POST", "/humanloop/v5/datasets", `{"path":"${name}","datapoints":[{"inputs":${item}}]}`, key),
      async read(name) {
        const file = await town.ask("POST", "/humanloop/v5/files/retrieve-by-path", { path: name }, key);
        const { id } = file.body as { id: string };
        const { text } = await town.ask("GET", `/humanloop/v5/datasets/${id}/datapoints`, undefined, key);
        return member(first(parseJson(text), "records"), "inputs");
      },
      kept: inputs => ({ inputs }),
      shown: item => (Object.keys(item).join() === "inputs" && isObject(item["inputs"]) ? item["inputs"] : item),
    },
    native: {
      async write(name, item) {
        await town.repo.createDataset(name);
        const patch = `[{"op":"add","path":"/items/-","value":${item}}]`;
        return town.ask("PATCH", `/api/v1/datasets/${name}`, patch, { "content-type": "application/json-patch+json" });
      },
      async read(name) {
        const { text } = await town.ask("GET", `/api/v1/datasets/${name}/rows`);
        return member(first(parseJson(text), "rows"), "item");
      },
    },
  };
}

function member(value: Value | undefined, key: string): Value | undefined {
  return isObject(value) ? value[key] : undefined;
}

function first(value: Value, key: string): ValueObject {
  const list = member(value, key);
  return Array.isArray(list) && isObject(list[0]) ? list[0] : {};
}

/** Galileo shows what no cell of its own can hold as JSON text. */
function cell(value: Value): Value {
  const isScalar = (one: Value) =>
    one === null || one instanceof Float || ["string", "number", "bigint"].includes(typeof one);
  const isCell = isScalar(value) || (isObject(value) && Object.values(value).every(isScalar));
  return isCell ? value : printJson(value);
}

const town = await Town.open();
const faces = facesOf(town);
let made = 0;

/** Writes an item by each face and reads it by all; gives who took it. */
async function through(text: string): Promise<string[]> {
  const taken: string[] = [];
  for (const [writer, { write, kept }] of Object.entries(faces)) {
    const name = `d${made++}`;
    const { status, text: said } = await write(name, text);
    if (status >= 400) {
      expect([writer, status < 500, said]).toEqual([writer, true, said]);
      expect([writer, await rowsIn(name)]).toEqual([writer, 0]);
      continue;
    }
    taken.push(writer);
    const given = parseJson(text) as ValueObject;
    const item = (kept?.(given) ?? given) as ValueObject;
    for (const [reader, { read, shown }] of Object.entries(faces)) {
      const [wanted, found] = [shown?.(item) ?? item, await read(name)];
      if (found === undefined || !sameValue(wanted, found))
        throw new Error(
          `${writer} wrote ${printJson(item)}, ${reader} shows ${found === undefined ? "nothing" : printJson(found)}`,
        );
    }
  }
  return taken;
}

async function rowsIn(name: string): Promise<number> {
  return town.repo
    .dataset(name)
    .info()
    .then(
      ({ count }) => count,
      () => 0,
    );
}

const all = ["opik", "arize", "galileo", "humanloop", "native"];
const nested = all.filter(name => name !== "galileo");

test.each([
  ["floats that are whole, and a negative zero", '{"q":1.0,"r":-0.0,"s":1e3,"t":-0}', all],
  [
    "integers beyond what JavaScript counts",
    '{"q":9007199254740993,"r":-18446744073709551616,"s":18446744073709551615}',
    all,
  ],
  ["null, which is not the same as nothing", '{"q":null,"r":"x"}', all],
  ["escapes, which are the letters that they stand for", '{"q":"\\u0041\\ud83d\\ude00\\u0000","r\\u00e9":1}', all],
  ["an empty key, and JavaScript's own", '{"":"x","__proto__":"y","constructor":"z"}', all],
  ["what is nested", '{"q":[1.0,{"a":[]},null,true],"r":{"":{"":-0.0}}}', nested],
  ["truth", '{"q":true}', nested],
  ["a number that no float holds", '{"q":1e400}', []],
  ["an integer that is too large", '{"q":18446744073709551616}', []],
  ["half a letter", '{"q":"\\ud800"}', []],
  ["a key that stands there twice", '{"q":1,"q":2}', []],
  ["what no JSON is", '{"q":NaN}', []],
  ["what is too deep", `{"q":${"[".repeat(5000)}${"]".repeat(5000)}}`, []],
])("%s", async (_, text, takers) => {
  expect(await through(text)).toEqual(takers);
});

test("law: items of all kinds, by every face and back by every other", async () => {
  const named = fc.dictionary(fc.constantFrom("q", "r", ...awkwardKeys), values, { minKeys: 1, maxKeys: 3 });
  const refusals = new Map<string, number>();
  const runs = 6;
  await fc.assert(
    fc.asyncProperty(fc.oneof(named as fc.Arbitrary<ValueObject>, objects), async item => {
      const taken = await through(printJson(item));
      for (const name of all) if (!taken.includes(name)) refusals.set(name, (refusals.get(name) ?? 0) + 1);
    }),
    { numRuns: runs },
  );
  expect(refusals.get("native") ?? 0).toBe(0);
  expect(await findings(town.repo)).toEqual([]);
});
