/** Lines of rows into blocks, with the rows counted, so that what is known of each row beside its line can be found again. */
import { LineEncoder, type ItemBatch } from "@sheaf/core";

/** Some rows of a text: the first of them is row `first` of that text. */
export interface EncodedRows {
  readonly items: ItemBatch;
  readonly first: number;
}

export class RowEncoder {
  #encoder: LineEncoder | undefined;

  constructor(
    readonly form: "plain" | "block",
    readonly file?: string,
  ) {}

  /** Encodes a text of whole lines. Iterate to the end before the next call; what is given is valid until the next is asked for. */
  *lines(text: Uint8Array): Generator<EncodedRows> {
    const { form, file } = this;
    this.#encoder ??= new LineEncoder(file === undefined ? { form } : { form, file });
    let first = 0;
    for (const items of this.#encoder.push(text)) {
      yield { items, first };
      first += items.count;
    }
  }
}

/** The part of a list that belongs to these rows. */
export function partOf<T>(list: readonly T[], { items, first }: EncodedRows): readonly T[] {
  return first === 0 && items.count === list.length ? list : list.slice(first, first + items.count);
}
