/** How files of rows, and the folders of such files, are named: after the position of the row that begins them. */

/** What ends the name of a file of rows. */
export const rowsEnding = ".jsonl";
/** The folder in a dataset's folder that holds its rows. */
export const rowsFolder = "rows";
/** The name of what begins with the dataset's first row: it stays when rows are put in front. */
export const firstName = "0";

/** Positions that, in lower case, Windows keeps for devices. */
const device = /^(?:aux|com[0-9])$/;
const letterHead = /^[A-Z]/;

/** The name, without ending, of the file or folder that begins at a position; the empty position stands for that of the first row. */
export function nameAt(position: string): string {
  if (position === "") return firstName;
  const name = letterHead.test(position) ? `0${position.toLowerCase()}` : position;
  return device.test(name) ? `${name}-` : name;
}

/** The position that a name, without ending, was made of; the empty one for the first. Says nothing useful of other names. */
export function positionAt(name: string): string {
  if (name === firstName) return "";
  if (name.endsWith("-")) return name.slice(0, -1);
  return name.startsWith("0") ? name.charAt(1).toUpperCase() + name.slice(2) : name;
}
