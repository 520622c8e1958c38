/** Places of flaws: how they are put together from what each step knows. */
import { badInput, bareMessage, maxLineBytes, type Place, type SheafError } from "@sheaf/core";

/** The file's name as a part of a place. */
export function fileOf(file: string | undefined): Place & { file?: string } {
  return file === undefined ? {} : { file };
}

/** Makes the error for a row of more bytes than can be taken. */
export function tooLong(file: string | undefined, line: number): Error {
  const what = `a row of more than ${maxLineBytes / 2 ** 20} MiB; is this the right format?`;
  return badInput(what, { ...fileOf(file), line });
}

/** Moves a bad-input error found in a part of a text, counted from its beginning, to where the part stands in the file and in the document. */
export function moved(error: SheafError<"bad-input">, start: Place, pointer: string): Error {
  const { line = 1, column = 1 } = error.data;
  const { file, line: startLine = 1, column: startColumn = 1 } = start;
  return badInput(bareMessage(error), {
    ...fileOf(file),
    line: startLine + line - 1,
    column: line === 1 ? startColumn + column - 1 : column,
    pointer: pointer + (error.data.pointer ?? ""),
  });
}
