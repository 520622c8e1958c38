/** Made-up items for tests of this room: every kind of value, odd keys and odd spelling, the same for the same seed. */

/** Gives numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const numbers = [
  "0", "-0", "1", "-1", "23", "24", "255", "256", "65535", "65536", "4294967295", "4294967296", "9007199254740991", "9007199254740992",
  "-9007199254740991", "-9007199254740992", "9223372036854775807", "9223372036854775808", "9999999999999999999", "18446744073709551615",
  "-18446744073709551616", "-24", "-25", "-256", "-257", "-4294967297", "0.0", "-0.0", "0e9", "0.000", "1.0", "1e0", "1E+2", "1e-7", "1e21", "1e22",
  "1e23", "0.1", "-0.25", "3.14159", "123456.789", "5e-324", "1.7976931348623157e308", "2.2250738585072014e-308", "0.1e1", "123456789012345678.5",
  "9007199254740993.0", "0.30000000000000004", "1.000000000000000000000001", "100000000.5", "0.001", "0.0009", "999999999.9999999", "4.35", "1e5", "12e-1",
]; // prettier-ignore
const refusedNumbers = ["18446744073709551616", "-18446744073709551617", "1e309", "-1e999", "1e-400", "99999999999999999999999", "01", "1.", ".5", "+1", "1e", "NaN", "-", "0x1"]; // prettier-ignore
const texts = [
  "", "a", "hello", "Zürich", "日本語テキスト", "😀", "e\u0301", "\u00e9", "\u2028\u2029", "\\u0000", "\\n\\t\\r\\b\\f\\\"\\\\\\/", "\\ud83d\\ude00", "\\u00e9\\u4e2d",
  "\ue000\uffff", "\u{10000}", "\u007f\u0080", "fifteen bytes..", "sixteen bytes...", "seventeen bytes..", "twenty-three bytes long", "twenty-four bytes long..",
  "a text of somewhat more than thirty-two bytes", "x".repeat(255), "y".repeat(256), "é".repeat(40), "plain, then \\\"quoted\\\" and plain again, for long enough",
]; // prettier-ignore
const refusedTexts = ["\\ud800", "\\udc00x", "\\ud800\\u0041", "\\x", "\\u12g4", "\t", "\u0001", "\\ud83dx", "\\"];
const keys = ["a", "b", "aa", "id", "", "__proto__", "constructor", "@meta", "@@meta", "@id", "@pos", "!x", "Z", "10", "2", "é", "\ue000", "😀", "a\\u0000", "a\\nb", "key of twenty-four bytes", "messages", "metadata", "prefix12", "prefix12a", "prefix12b", "@xmeta"]; // prettier-ignore

export interface SampleOptions {
  readonly random: () => number;
  /** How often something is put in that must be refused, from 0 to 1. */
  readonly bad?: number;
  /** Whether keys behind `@` may occur. */
  readonly at?: boolean;
}

/** Makes the text of an object. */
export function sampleText(options: SampleOptions): string {
  return space(options) + object(options, 3) + space(options);
}

function pick<T>(list: readonly T[], { random }: SampleOptions): T {
  return list[Math.floor(random() * list.length)];
}

function space(options: SampleOptions): string {
  return options.random() < 0.85 ? "" : pick([" ", "\t", "  ", "\r", " \t "], options);
}

function value(options: SampleOptions, depth: number): string {
  const kind = options.random();
  if (depth > 0 && kind < 0.12) return object(options, depth - 1);
  if (depth > 0 && kind < 0.22) return array(options, depth - 1);
  if (kind < 0.5) return number(options);
  return kind < 0.85 ? text(texts, refusedTexts, options) : pick(["true", "false", "null"], options);
}

function isBad({ random, bad = 0 }: SampleOptions): boolean {
  return bad > 0 && random() < bad;
}

function number(options: SampleOptions): string {
  if (isBad(options)) return pick(refusedNumbers, options);
  const { random } = options;
  const kind = random();
  if (kind < 0.6) return pick(numbers, options);
  if (kind < 0.8) return String(Math.floor((random() - 0.5) * 10 ** (random() * 15)));
  return String((random() - 0.5) * 10 ** (random() * 39 - 20));
}

function text(good: readonly string[], refused: readonly string[], options: SampleOptions): string {
  const inner = isBad(options) ? pick(refused, options) : pick(good, options);
  return options.random() < 0.1 ? `"${inner}${pick(good, options)}"` : `"${inner}"`;
}

function array(options: SampleOptions, depth: number): string {
  const length = options.random() < 0.05 ? 30 : Math.floor(options.random() * 4);
  const elements = Array.from({ length }, () => space(options) + value(options, depth) + space(options));
  return `[${elements.join(",")}${isBad(options) ? "," : ""}]`;
}

function object(options: SampleOptions, depth: number): string {
  const size = options.random() < 0.05 ? 40 : Math.floor(options.random() * 7);
  const names = new Set(
    Array.from({ length: size }, (_, i) => (i < 7 ? pick(keys, options) : `k${i}${"x".repeat(i)}`)),
  );
  const chosen = [...names].filter(name => options.at !== false || !name.startsWith("@"));
  if (chosen.length > 0 && isBad(options)) chosen.push(chosen[0]);
  const members = chosen.map(
    name => `${space(options)}"${name}"${space(options)}:${space(options)}${value(options, depth)}`,
  );
  return `{${members.join(",")}${space(options)}}`;
}
