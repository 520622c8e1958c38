/**
 * Where each changed line stands: rule 5 of docs/projection.md. The order of lines wins; as many rows as can keep their positions.
 *
 *     base          new, lines moved       claims a3 a1 a2, of which a1 a2 is the longest run
 *     a1 q1         a3 q3
 *     a2 q2         a1 q1             →    a0 q3 · a1 q1 · a2 q2
 *     a3 q3         a2 q2
 */
import { compareText, longestRun, manyBetween } from "@sheaf/core";
import { runSpan, type BaseRows, type ChangedLines } from "./changed-lines.js";

/** The unchanged rows that a run stands between. */
export interface Bounds {
  readonly lower?: Standing | undefined;
  readonly upper?: Standing | undefined;
}
export interface Standing {
  readonly position: string;
  readonly id: string;
}

/** A run between unchanged neighbours that leave no room for its rows. */
export class NoRoom {
  constructor(readonly run: number) {}
}

/**
 * Settles the positions of all lines, whose ids are settled; gives the run that has no room, if there is one.
 *
 * @param rowOf    for each line its row of the base, or −1
 * @param written  for the rows of a base's run the `@pos` that their lines had there; asked for only where a line's own differs from where its row stood
 */
export async function settlePositions(
  lines: ChangedLines,
  rows: BaseRows,
  rowOf: Int32Array,
  bounds: readonly Bounds[],
  written: (run: number) => Promise<readonly (string | undefined)[]>,
): Promise<NoRoom | undefined> {
  for (let run = 0; run < lines.runEnds.length; run++) {
    const { from, to } = runSpan(lines.runEnds, run);
    const order = new Order(lines.ids.slice(from, to) as string[], bounds[run]);
    if (order.fits(lines.positions.slice(from, to))) continue;
    const claims = await claimsOf(lines, rows, rowOf.subarray(from, to), from, written);
    const settled = order.settle(claims);
    if (settled === undefined) return new NoRoom(run);
    for (const [i, position] of settled.entries()) lines.positions[from + i] = position;
  }
  return undefined;
}

/** The position that each line of a run claims. */
async function claimsOf(
  lines: ChangedLines,
  rows: BaseRows,
  rowOf: Int32Array,
  from: number,
  written: (run: number) => Promise<readonly (string | undefined)[]>,
): Promise<(string | undefined)[]> {
  const claims: (string | undefined)[] = [];
  for (const [i, row] of rowOf.entries()) {
    const own = lines.positions[from + i];
    const known = row < 0 ? undefined : rows.positions[row];
    if (row < 0 || own === undefined || own === known) claims.push(known ?? own);
    else claims.push((await writtenOf(rows, row, written)) === own ? known : own);
  }
  return claims;
}

async function writtenOf(
  rows: BaseRows,
  row: number,
  written: (run: number) => Promise<readonly (string | undefined)[]>,
): Promise<string | undefined> {
  const run = rows.runEnds.findIndex(end => row < end);
  return (await written(run))[row - runSpan(rows.runEnds, run).from];
}

/** The order of the lines of one run. */
class Order {
  constructor(
    readonly ids: readonly string[],
    readonly bounds: Bounds,
  ) {}

  /** Says whether these positions, all of them given, already stand in order and between the neighbours. */
  fits(positions: readonly (string | undefined)[]): positions is readonly string[] {
    let before = this.bounds.lower;
    for (const [i, id] of this.ids.entries()) {
      const position = positions[i];
      if (position === undefined || !isBefore(before, { position, id })) return false;
      before = { position, id };
    }
    return before === undefined || isBefore(before, this.bounds.upper);
  }

  /** Keeps what claims can be kept, and puts the others between; `undefined` when the neighbours leave no room. */
  settle(claims: readonly (string | undefined)[]): string[] | undefined {
    const kept = longestRun(this.#ranks(claims));
    const settled = claims.map((claim, i) => (kept[i] === 1 ? claim : undefined));
    for (let at = 0; at < settled.length;) {
      if (settled[at] === undefined) {
        const end = this.#fill(settled, at);
        if (end < 0) return undefined;
        at = end;
      } else at++;
    }
    return settled as string[];
  }

  /** Puts the lines without position from `from` on, and those behind them that leave no room, in their places; gives where they end, or −1. */
  #fill(settled: (string | undefined)[], from: number): number {
    const { lower, upper } = this.bounds;
    const low = from > 0 ? settled[from - 1] : lower?.position;
    for (let end = from; ; end++) {
      while (end < settled.length && settled[end] === undefined) end++;
      const positions = manyBetween(low, end < settled.length ? settled[end] : upper?.position, end - from);
      if (positions === undefined && end >= settled.length) return -1;
      if (positions === undefined) {
        settled[end] = undefined;
        continue;
      }
      for (const [i, position] of positions.entries()) settled[from + i] = position;
      return end;
    }
  }

  /** For each claim between the neighbours its rank among them; −1 for the others. */
  #ranks(claims: readonly (string | undefined)[]): Int32Array {
    const { lower, upper } = this.bounds;
    const standing = claims.flatMap((position, i) => {
      const row = position === undefined ? undefined : { position, id: this.ids[i], i };
      return row && isBefore(lower, row) && isBefore(row, upper) ? row : [];
    });
    standing.sort(compareStanding);
    const ranks = new Int32Array(claims.length).fill(-1);
    for (const [rank, { i }] of standing.entries()) ranks[i] = rank;
    return ranks;
  }
}

/** Says whether one row stands before another; true where either is not there. */
function isBefore(a: Standing | undefined, b: Standing | undefined): boolean {
  return a === undefined || b === undefined || compareStanding(a, b) < 0;
}

function compareStanding(a: Standing, b: Standing): number {
  return compareText(a.position, b.position) || compareText(a.id, b.id);
}
