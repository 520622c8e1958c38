/**
 * Numbers between text and values, so that kind and value survive: law 3.
 *
 * Without fraction and exponent a number is an integer from −2⁶⁴ to 2⁶⁴−1, exactly; with one, or as `-0`, it is the nearest float64 and stays a float.
 */
import { greatestInteger, leastInteger } from "./ipld.js";
import { Float } from "./value.js";

/** Why a number that is good JSON cannot be kept. */
export class NumberRefusal {
  constructor(readonly what: string) {}
}

/** Reads the text of a number, which must be JSON's form already. */
export function parseNumber(text: string): number | bigint | Float | NumberRefusal {
  if (/[.eE]/.test(text)) return parseFloat64(text);
  if (text === "-0") return new Float(-0);
  if (text.length <= 15) return Number(text);
  if (text.length > 21) return tooBig;
  const n = BigInt(text);
  if (n < leastInteger || n > greatestInteger) return tooBig;
  const short = Number(n);
  return Number.isSafeInteger(short) ? short : n;
}

const tooBig = new NumberRefusal("an integer beyond -2^64 … 2^64-1; write it as text, or with .0 as a float");

function parseFloat64(text: string): number | Float | NumberRefusal {
  const n = Number(text);
  if (!Number.isFinite(n)) return new NumberRefusal("a number greater than a 64-bit float can hold; write it as text");
  if (n === 0 && /^[-0.]*[1-9]/.test(text))
    return new NumberRefusal("a number so small that a 64-bit float makes it zero; write it as text");
  return Number.isInteger(n) ? new Float(n) : n;
}

/** Prints a float with the fewest digits that read back, and `.0` where it would read as an integer: `0.1`, `1.0`, `1e-7`, `1e+21`, `-0.0`. */
export function printFloat(n: number): string {
  if (n === 0) return Object.is(n, -0) ? "-0.0" : "0.0";
  const text = String(n);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
