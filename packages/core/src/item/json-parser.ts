/** Reads JSON text, step by step. `json.ts` says what is refused. */
import { badInput, type Place } from "../errors.js";
import { NumberRefusal, parseNumber } from "./number.js";
import { maxDepth, printPointer, type PathStep } from "./pointer.js";
import { setKey, type Value, type ValueObject } from "./value.js";

/** Anything but quote, backslash and control characters. */
const plainText = /[ !#-[\]-\uffff]*/y;
const numberForm = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const space = /[ \t\n\r]*/y;
const escapes: Record<string, string> = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

export class JsonParser {
  #at = 0;
  readonly #path: PathStep[] = [];

  /** @param flaw  what is wrong right after the text, if anything is */
  constructor(
    readonly text: string,
    readonly flaw: string | undefined,
    readonly place: Place,
  ) {}

  whole(): Value {
    const value = this.#value(0);
    this.#skip();
    if (this.#at < this.text.length || this.flaw !== undefined) throw this.#unexpected("the end", 0);
    return value;
  }

  #skip(): void {
    const code = this.text.charCodeAt(this.#at);
    if (code > 0x20) return;
    space.lastIndex = this.#at;
    space.test(this.text);
    this.#at = space.lastIndex;
  }

  #value(depth: number): Value {
    this.#skip();
    switch (this.text[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string(depth);
      case "t":
        return this.#word("true", true, depth);
      case "f":
        return this.#word("false", false, depth);
      case "n":
        return this.#word("null", null, depth);
      default:
        return this.#number(depth);
    }
  }

  #word<T extends boolean | null>(word: string, value: T, depth: number): T {
    if (!this.text.startsWith(word, this.#at)) throw this.#unexpected("a value", depth);
    this.#at += word.length;
    return value;
  }

  #number(depth: number): Value {
    numberForm.lastIndex = this.#at;
    const match = numberForm.exec(this.text)?.[0];
    if (match === undefined) throw this.#unexpected("a value", depth);
    const value = parseNumber(match);
    if (value instanceof NumberRefusal) throw this.#refuse(value.what, depth);
    this.#at += match.length;
    return value;
  }

  #array(depth: number): Value[] {
    if (depth >= maxDepth) throw this.#refuse(`more than ${maxDepth} levels deep`, depth);
    const array: Value[] = [];
    this.#at++;
    this.#skip();
    if (this.text[this.#at] === "]") return this.#closed(array);
    while (true) {
      this.#path[depth] = array.length;
      array.push(this.#value(depth + 1));
      this.#skip();
      if (this.text[this.#at] === "]") return this.#closed(array);
      if (this.text[this.#at] !== ",") throw this.#unexpected("a comma or ]", depth);
      this.#at++;
    }
  }

  #object(depth: number): ValueObject {
    if (depth >= maxDepth) throw this.#refuse(`more than ${maxDepth} levels deep`, depth);
    const object: ValueObject = {};
    this.#at++;
    this.#skip();
    if (this.text[this.#at] === "}") return this.#closed(object);
    while (true) {
      this.#member(object, depth);
      this.#skip();
      if (this.text[this.#at] === "}") return this.#closed(object);
      if (this.text[this.#at] !== ",") throw this.#unexpected("a comma or }", depth);
      this.#at++;
      this.#skip();
    }
  }

  #member(object: ValueObject, depth: number): void {
    const start = this.#at;
    if (this.text[start] !== '"') throw this.#unexpected("a key in quotes", depth);
    const key = this.#string(depth);
    this.#path[depth] = key;
    if (Object.hasOwn(object, key)) {
      this.#at = start;
      throw this.#refuse(`the key ${JSON.stringify(key)} stands there twice`, depth + 1);
    }
    this.#skip();
    if (this.text[this.#at] !== ":") throw this.#unexpected("a colon", depth + 1);
    this.#at++;
    setKey(object, key, this.#value(depth + 1));
  }

  #closed<T>(container: T): T {
    this.#at++;
    return container;
  }

  #string(depth: number): string {
    this.#at++;
    let text = "";
    while (true) {
      plainText.lastIndex = this.#at;
      plainText.test(this.text);
      text += this.text.slice(this.#at, plainText.lastIndex);
      this.#at = plainText.lastIndex;
      const stop = this.text[this.#at];
      if (stop === '"') return this.#closed(text);
      if (stop !== "\\") throw this.#unexpected("the end of the text, or an escape for a control character", depth);
      text += this.#escape(depth);
    }
  }

  #escape(depth: number): string {
    const letter = this.text[this.#at + 1];
    const simple = escapes[letter];
    if (simple !== undefined) {
      this.#at += 2;
      return simple;
    }
    const first = this.#unit(this.#at);
    if (first === undefined) throw this.#unexpected("an escape that JSON knows", depth);
    if ((first & 0xf800) !== 0xd800) return this.#unescaped(6, String.fromCharCode(first));
    const second = first < 0xdc00 ? this.#unit(this.#at + 6) : undefined;
    if (second === undefined || second < 0xdc00 || second > 0xdfff)
      throw this.#refuse("a lone surrogate, which UTF-8 cannot hold", depth);
    return this.#unescaped(12, String.fromCharCode(first, second));
  }

  #unescaped(length: number, text: string): string {
    this.#at += length;
    return text;
  }

  /** Reads `\uXXXX` at this place; `undefined` when something else stands there. */
  #unit(at: number): number | undefined {
    const digits = /^\\u([0-9a-fA-F]{4})$/.exec(this.text.slice(at, at + 6))?.[1];
    return digits === undefined ? undefined : parseInt(digits, 16);
  }

  #unexpected(wanted: string, depth: number): Error {
    if (this.#at < this.text.length) {
      const found = JSON.stringify(String.fromCodePoint(this.text.codePointAt(this.#at) ?? 0));
      return this.#refuse(`expected ${wanted} but found ${found}`, depth);
    }
    return this.#refuse(this.flaw ?? `expected ${wanted} but the text ends`, depth);
  }

  #refuse(what: string, depth: number): Error {
    const before = this.text.slice(0, this.#at);
    const lines = before.split("\n");
    return badInput(what, {
      ...this.place,
      line: (this.place.line ?? 1) + lines.length - 1,
      column: (lines.at(-1) ?? "").length + 1,
      pointer: printPointer(this.#path.slice(0, depth)),
    });
  }
}
