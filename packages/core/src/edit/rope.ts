/** A long array while it is edited: chunks, so that inserting anywhere moves little. */

/** Elements in a full chunk; splitting at this size keeps both the walk over chunks and the move within one short up to millions of elements. */
const chunkLength = 1024;

/** An array of which any element can be read, set, inserted and removed in about O(√n). Indices are taken on trust. */
export class Rope<T> {
  readonly #chunks: T[][] = [];
  #length: number;
  /** Where the last look-up ended: edits come in runs. */
  #chunk = 0;
  #start = 0;

  constructor(elements: readonly T[]) {
    this.#length = elements.length;
    for (let i = 0; i < elements.length; i += chunkLength / 2)
      this.#chunks.push(elements.slice(i, i + chunkLength / 2));
    if (this.#chunks.length === 0) this.#chunks.push([]);
  }

  get length(): number {
    return this.#length;
  }

  get(index: number): T {
    this.#seek(index);
    return this.#chunks[this.#chunk][index - this.#start];
  }

  set(index: number, element: T): void {
    this.#seek(index);
    this.#chunks[this.#chunk][index - this.#start] = element;
  }

  insert(index: number, element: T): void {
    this.#seek(index);
    const chunk = this.#chunks[this.#chunk];
    chunk.splice(index - this.#start, 0, element);
    if (chunk.length > chunkLength) this.#chunks.splice(this.#chunk + 1, 0, chunk.splice(chunkLength / 2));
    this.#length++;
  }

  remove(index: number): T {
    this.#seek(index);
    const chunk = this.#chunks[this.#chunk];
    const [removed] = chunk.splice(index - this.#start, 1);
    if (chunk.length === 0 && this.#chunks.length > 1) this.#drop();
    this.#length--;
    return removed;
  }

  /** Appends all elements to `into`. */
  writeTo(into: T[]): void {
    for (const chunk of this.#chunks) for (const element of chunk) into.push(element);
  }

  /** Finds the chunk that holds `index`; the place behind the end belongs to the last one. */
  #seek(index: number): void {
    while (index < this.#start) this.#start -= this.#chunks[--this.#chunk].length;
    while (index >= this.#start + this.#chunks[this.#chunk].length && this.#chunk < this.#chunks.length - 1) {
      this.#start += this.#chunks[this.#chunk++].length;
    }
  }

  #drop(): void {
    this.#chunks.splice(this.#chunk, 1);
    if (this.#chunk === this.#chunks.length) this.#start -= this.#chunks[--this.#chunk].length;
  }
}
