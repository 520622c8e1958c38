/** Says in a commit's message what became of how many rows: `put 2 rows in qa`. */
export function rowsIn(path: string, verb: string, count: number): string {
  return `${verb} ${count} row${count === 1 ? "" : "s"} in ${path}`;
}
