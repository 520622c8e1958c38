/**
 * The JSON around rows: checks its grammar token by token, and says which values are rows.
 *
 * Where rows stand is said by a JSON Pointer in which `*` stands for every element or member: `/examples`, or `/data/∗/paragraphs/∗/qas` (with plain
 * stars). It names arrays of rows, or objects of rows by key, whose keys are the ids. Without a pointer that is the whole document: an array, or an object in
 * which every member is an object. An object with anything else in it is refused, and the error names the pointers at which arrays of objects stand.
 */
import { badInput, printPointer } from "@sheaf/core";

/** An open array or object around the rows, or beside them. */
interface Frame {
  readonly array: boolean;
  /** Steps of the wanted pointer that lead here; -1 off the path. */
  readonly matched: number;
  /** Its elements or members are rows. */
  rows: boolean;
  readonly pointer: string;
  index: number;
  /** The key whose member is in hand; none at the start. */
  key: string | undefined;
  /** Keys so far, where they are not ids. */
  readonly keys: Set<string>;
}

type Expected = "value" | "value or end" | "key" | "key or end" | "colon" | "comma or end" | "nothing";

/** A flaw found outside the rows; the scanner adds the place, unless it concerns the `whole` document. */
export class Flaw extends Error {
  constructor(
    readonly what: string,
    readonly whole = false,
  ) {
    super(what);
  }
}

const maxLevels = 1000;
const maxCandidates = 5;

export class Envelope {
  readonly #path: readonly string[];
  /** No pointer was given: an object may turn out not to hold rows by key. */
  readonly #open: boolean;
  readonly #frames: Frame[] = [];
  #expected: Expected = "value";
  #found = false;
  #misread: string | undefined;
  readonly #candidates = new Set<string>();

  constructor(records: string | undefined) {
    this.#path = records === undefined ? [] : parseRecords(records);
    this.#open = records === undefined;
  }

  /** Pointer of the value that comes next, or was last. */
  get pointer(): string {
    return printPointer(this.#frames.flatMap(frame => (frame.array ? frame.index : (frame.key ?? []))));
  }

  /** Where the row in hand stands: pointer of its container, its index there, its key if that is an object. */
  get row(): { container: string; index: number; key: string | undefined } {
    const frame = this.#frames.at(-1);
    if (frame === undefined) throw new Flaw("no row is in hand");
    return { container: frame.pointer, index: frame.index, key: frame.array ? undefined : frame.key };
  }

  /** Takes `{` or `[`; says whether it begins a row, which the scanner then skips and reports by {@link rowEnded}. */
  opens(array: boolean): boolean {
    this.#expectValue();
    const parent = this.#frames.at(-1);
    if (parent?.rows && !array) return true;
    if (parent?.rows) this.#notARow(parent, "an array");
    this.#noteCandidate(parent, array);
    const matched = this.#childMatch(parent);
    const rows = matched === this.#path.length && this.#misread === undefined;
    if (rows) this.#found = true;
    if (this.#frames.length >= maxLevels) throw new Flaw(`more than ${maxLevels} levels deep`);
    this.#frames.push({ array, matched, rows, pointer: this.pointer, index: 0, key: undefined, keys: new Set() });
    this.#expected = array ? "value or end" : "key or end";
    return false;
  }

  rowEnded(): void {
    this.#expected = "comma or end";
  }

  closes(array: boolean): void {
    const frame = this.#frames.at(-1);
    const allowed = this.#expected === "comma or end" || this.#expected === (array ? "value or end" : "key or end");
    if (frame?.array !== array || !allowed) throw this.#unexpected(array ? "]" : "}");
    this.#frames.pop();
    this.#expected = this.#frames.length === 0 ? "nothing" : "comma or end";
  }

  comma(): void {
    const frame = this.#frames.at(-1);
    if (this.#expected !== "comma or end" || frame === undefined) throw this.#unexpected("a comma");
    frame.index++;
    this.#expected = frame.array ? "value" : "key";
  }

  colon(): void {
    if (this.#expected !== "colon") throw this.#unexpected("a colon");
    this.#expected = "value";
  }

  /** Says whether a text that comes now is a key. */
  get wantsKey(): boolean {
    return this.#expected === "key" || this.#expected === "key or end";
  }

  takesKey(key: string): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) throw this.#unexpected("a key");
    frame.key = key;
    if (!frame.rows && frame.keys.has(key)) throw new Flaw(`the key ${JSON.stringify(key)} stands there twice`);
    if (!frame.rows) frame.keys.add(key);
    this.#expected = "colon";
  }

  /** Takes a text, number or word that is no key. */
  scalar(what: string): void {
    this.#expectValue();
    const parent = this.#frames.at(-1);
    if (parent?.rows) this.#notARow(parent, what);
    else if (this.#childMatch(parent) === this.#path.length && this.#misread === undefined)
      throw new Flaw(`${what} stands where an array or an object of rows is wanted`);
    this.#expected = parent === undefined ? "nothing" : "comma or end";
  }

  /** Looks back when the text has ended. */
  ended(): void {
    if (this.#expected === "value" && this.#frames.length === 0)
      throw new Flaw("the file is empty; an array of objects is wanted", true);
    if (this.#expected !== "nothing") throw new Flaw(`the text ends where ${this.#wanted()} is wanted; it is cut off`);
    if (this.#misread !== undefined) throw new Flaw(`${this.#misread}; ${this.#advice()}`, true);
    if (!this.#found) throw new Flaw(`no rows stand at ${printPointer(this.#path)}; ${this.#advice()}`, true);
  }

  #advice(): string {
    const known = [...this.#candidates];
    if (known.length === 0) return "say where the rows are with --records POINTER";
    const more = known.length === maxCandidates ? ", …" : "";
    return `say where the rows are: ${known.map(pointer => `--records '${pointer}'`).join(", ")}${more}`;
  }

  /** In an object read as rows by key on a guess, a member that is no object takes the guess back; elsewhere it is bad input. */
  #notARow(frame: Frame, what: string): void {
    const guessed = this.#open && this.#frames.length === 1 && !frame.array;
    if (!guessed) throw new Flaw(`${what} stands where a row, an object, is wanted`);
    frame.rows = false;
    this.#misread = `the file is one object, and its member ${printPointer([frame.key ?? ""])} is ${what}, not a row`;
  }

  #noteCandidate(parent: Frame | undefined, array: boolean): void {
    if (array || !parent?.array || this.#candidates.size >= maxCandidates) return;
    const steps = this.#frames.slice(0, -1).map(frame => (frame.array ? "*" : (frame.key ?? "")));
    this.#candidates.add(printPointer(steps));
  }

  #childMatch(parent: Frame | undefined): number {
    if (parent === undefined) return 0;
    if (parent.matched < 0 || parent.matched >= this.#path.length) return -1;
    const step = this.#path[parent.matched];
    const here = parent.array ? String(parent.index) : parent.key;
    return step === "*" || step === here ? parent.matched + 1 : -1;
  }

  #expectValue(): void {
    if (this.#expected === "value" || this.#expected === "value or end") return;
    throw this.#unexpected("a value");
  }

  #wanted(): string {
    const close = this.#frames.at(-1)?.array ? "]" : "}";
    switch (this.#expected) {
      case "value":
        return "a value";
      case "value or end":
        return "a value or ]";
      case "key":
        return "a key in quotes";
      case "key or end":
        return "a key in quotes or }";
      case "colon":
        return "a colon";
      case "comma or end":
        return `a comma or ${close}`;
      case "nothing":
        return "the end of the file";
    }
  }

  #unexpected(found: string): Flaw {
    const hint = this.#expected === "nothing" ? "; if each line is a row, read it as JSONL" : "";
    return new Flaw(`expected ${this.#wanted()} but found ${found}${hint}`);
  }
}

function parseRecords(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer))
    throw badInput(`--records ${pointer}: write a JSON Pointer such as /data or /data/*/rows`);
  return pointer
    .slice(1)
    .split("/")
    .map(step => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
