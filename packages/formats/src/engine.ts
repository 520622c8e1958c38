/** All that formats take from core. */
import { printPlace, type SheafError } from "../../core/src/errors.js";

export { badInput, isSheafError, printPlace, SheafError, type Place } from "../../core/src/errors.js";
export { compareText, utf8 } from "../../core/src/text.js";
export { decode, encode } from "../../core/src/item/cbor.js";
export { parseJson, printJson } from "../../core/src/item/json.js";
export { LineEncoder, maxLineBytes, type ItemBatch } from "../../core/src/item/lines.js";
export { fromBlockForm, renameKeys, requireItem, toBlockForm, unescapeKey } from "../../core/src/item/meta.js";
export { printPointer } from "../../core/src/item/pointer.js";
export { LinePrinter } from "../../core/src/item/printer.js";
export { decodeItem, encodeItem, rowNames } from "../../core/src/item/reference.js";
export { Float, isObject, sameValue, setKey, type Value, type ValueObject } from "../../core/src/item/value.js";

/** Gives an error's sentence without the place in front. */
export function bareMessage(error: SheafError<"bad-input">): string {
  const prefix = `${printPlace(error.data)}: `;
  return error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
}
