/** The data that everything is measured on: made from numbers alone, so that every run and every machine has the same. */
import { closeSync, openSync, writeSync } from "node:fs";

/** Distinct words; the k-th most common is used about 1/k as often as the first (Zipf), as in natural text. */
const vocabulary = 20_000;
/** Text that is gathered before it is written. */
const chunkLength = 2 ** 20;

/** A small generator of numbers in [0, 1), always the same for one seed. Source: Tommy Ettinger's mulberry32, public domain. */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The id of row `n`: 16 hex digits, as good as random. */
export function idOf(n: number): string {
  const random = randomFrom(n);
  return half(random()) + half(random());
}

function half(part: number): string {
  return Math.floor(part * 2 ** 32)
    .toString(16)
    .padStart(8, "0");
}

/** Writes `rows` lines of about 330 bytes, each an object with ten keys, to a new file. */
export function writeRows(file: string, rows: number): void {
  const random = randomFrom(1);
  const words = makeWords(random);
  const out = openSync(file, "w");
  let text = "";
  for (let n = 0; n < rows; n++) {
    text += `${JSON.stringify(rowOf(n, random, words))}\n`;
    if (text.length < chunkLength && n + 1 < rows) continue;
    writeSync(out, text);
    text = "";
  }
  closeSync(out);
}

function rowOf(n: number, random: () => number, words: readonly string[]): object {
  const text = (length: number) => Array.from({ length }, () => words[pick(random)]).join(" ");
  return {
    id: idOf(n),
    question: text(14),
    answer: text(11),
    category: words[pick(random)],
    score: Math.round(random() * 1000) / 1000,
    number: n,
    reviewed: random() < 0.5,
    tags: [words[pick(random)], words[pick(random)]],
    source: null,
    model: `model-${n % 7}`,
  };
}

/** A rank by Zipf's law: the logarithm of ranks is spread evenly. */
function pick(random: () => number): number {
  return Math.floor(vocabulary ** random()) - 1;
}

function makeWords(random: () => number): string[] {
  return Array.from({ length: vocabulary }, () => {
    const letters = Array.from({ length: 3 + random() * 7 }, () => 97 + Math.floor(random() * 26));
    return String.fromCharCode(...letters) + (random() < 0.1 ? "é" : "");
  });
}
