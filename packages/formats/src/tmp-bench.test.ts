import { test } from "vitest";
import { readFileSync, existsSync } from "node:fs";
import Papa from "papaparse";
import { parse, print, columnsOf } from "./index.js";
import { chunked } from "./testing.js";
import { LineEncoder } from "./engine.js";
const dir = "/work/shared/data/";
const rep = (b: Buffer, n: number) => Buffer.concat(Array(n).fill(b));
async function time(name: string, bytes: number, f: () => Promise<unknown> | unknown) {
  let best = Infinity; let r: unknown;
  for (let i = 0; i < 3; i++) { const t = performance.now(); r = await f(); best = Math.min(best, performance.now() - t); }
  console.log(name.padEnd(40), best.toFixed(0) + " ms", (bytes / best / 1000).toFixed(0) + " MB/s", r);
}
const count = async (p: any) => { let n = 0; for await (const b of p) n += b.count; return n; };
test("bench", async () => {
  const jl = rep(readFileSync(dir + "gsm8k-train.jsonl"), 6);
  const text = jl.toString();
  await time("floor JSON.parse per line", jl.length, () => { let n = 0; for (const l of text.split("\n")) if (l) { JSON.parse(l); n++; } return n; });
  await time("LineEncoder", jl.length, () => { const e = new LineEncoder(); let n = 0; for (let a = 0; a < jl.length; a += 2 ** 18) for (const b of e.push(jl.subarray(a, a + 2 ** 18))) n += b.count; return n; });
  await time("jsonl", jl.length, () => count(parse("jsonl", chunked(jl, 2 ** 18))));
  const rowsText = Buffer.from(text.trim().split("\n").map((l, i) => `{"@id":"q${i}","@pos":"a${i}",` + l.slice(1)).join("\n"));
  await time("jsonl rows", rowsText.length, () => count(parse("jsonl", chunked(rowsText, 2 ** 18), { rows: true })));
  const arr = Buffer.from("[" + text.trim().split("\n").join(",") + "]");
  await time("floor JSON.parse whole", arr.length, () => JSON.parse(arr.toString()).length);
  await time("json gsm8k one line", arr.length, () => count(parse("json", chunked(arr, 2 ** 18))));
  const cities = Buffer.from("[" + Array.from({ length: 171075 }, (_, i) => `{"country":"AD","name":"Città ${i}","lat":"42.${i}","lng":"1.${i}"}`).join(",") + "]");
  await time("floor cities JSON.parse whole", cities.length, () => JSON.parse(cities.toString()).length);
  await time("json cities", cities.length, () => count(parse("json", chunked(cities, 2 ** 18))));
  const pretty = Buffer.from(JSON.stringify(JSON.parse(cities.toString()), null, 2));
  await time("json cities pretty", pretty.length, () => count(parse("json", chunked(pretty, 2 ** 18))));
  const csv = Buffer.from(readFileSync(dir + "userdata-naughty.csv", "utf8").replace(/\n?$/, "\n") + readFileSync(dir + "userdata-naughty.csv", "utf8").replace(/^.*\n/, "").replace(/\n?$/, "\n").repeat(150));
  await time("papaparse arrays (in memory)", csv.length, () => (Papa.parse(csv.toString(), { delimiter: "," }).data as unknown[]).length);
  await time("papaparse objects", csv.length, () => (Papa.parse(csv.toString(), { delimiter: ",", header: true }).data as unknown[]).length);
  await time("csv to blocks", csv.length, () => count(parse("csv", chunked(csv, 2 ** 18))));
  await time("csv infer", csv.length, () => count(parse("csv", chunked(csv, 2 ** 18), { infer: true })));
  const size = async (it: AsyncIterable<Uint8Array>) => { let n = 0; for await (const c of it) n += c.length; return n; };
  const p = parse("csv", chunked(csv, 2 ** 18)); const it = p[Symbol.asyncIterator](); await it.next(); const columns = p.columns!;
  await time("csv in+out", csv.length, () => size(print("csv", parse("csv", chunked(csv, 2 ** 18)), { columns })));
  await time("jsonl in+out", jl.length, () => size(print("jsonl", parse("jsonl", chunked(jl, 2 ** 18)))));
  await time("json in+out", jl.length, () => size(print("json", parse("jsonl", chunked(jl, 2 ** 18)))));
});
