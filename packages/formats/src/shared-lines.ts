/**
 * The lines of a long dataset, printed by two: this thread and a helper. Each takes the next portion of rows that nobody has; they come out in their order.
 *
 * What a helper cannot print, and what is wrong with a row, is left to the ordinary way, here and in turn: so bytes and errors are the same as without it.
 */
import type { Portion, PortionHelp, PortionHelper, PrintedPortion, Watch } from "@sheaf/core";
import type { Lines } from "./print.js";

/** What there is to print, and by whom. */
export interface LineWork extends Watch {
  /** Rows in all. */
  readonly count: number;
  /** Where help is found, but for the version and the form, which are known. */
  readonly help: Pick<PortionHelp, "from" | "portionBytes"> & { start(): Promise<PortionHelper | undefined> };
  /** Prints rows some at a time; what comes is good until more is asked for. Throws what is wrong with a row. */
  inTurn(portion: Portion): AsyncIterable<Lines>;
  /** Prints the first rows of a portion, as many as it can. Never rejects. */
  ahead(portion: Portion, room: Uint8Array<ArrayBuffer>): Promise<PrintedPortion>;
  /** Lets the helper's answers come in. */
  pause(): Promise<void>;
}

/** Portions under way or waiting for their turn, on either side: one in hand, and two so that nobody waits. */
const portionsEach = 3;

/** A portion that somebody prints, or has printed. */
interface Task {
  readonly portion: Portion;
  readonly isOurs: boolean;
  printed: PrintedPortion | undefined;
  finished: Promise<void>;
}

/** Gives all lines in order; each is good until the next are asked for. Throws what is wrong with a row, behind the rows before it. */
export async function* shareLines(work: LineWork): AsyncGenerator<Lines, void, undefined> {
  const sharing = new Sharing(work);
  try {
    while (!sharing.isOver) yield* sharing.next();
  } finally {
    await sharing.helper?.stop();
  }
}

class Sharing {
  /** `null` when there is none to be had. */
  helper: PortionHelper | null | undefined;
  /** Rows given out; and rows that are given out or in somebody's hands. */
  #done = 0;
  #taken = 0;
  #bytes = 0;
  #bytesPerRow = 1;
  /** In the order of their rows. */
  readonly #tasks: Task[] = [];
  readonly #rooms: Uint8Array<ArrayBuffer>[] = [];

  constructor(readonly work: LineWork) {}

  get isOver(): boolean {
    return this.#done >= this.work.count;
  }

  async *next(): AsyncGenerator<Lines, void, undefined> {
    this.work.signal?.throwIfAborted();
    this.#giveAway();
    const [first] = this.#tasks;
    if (!first) return yield* this.#alone();
    if (first.printed) return yield* this.#hand(first, first.printed);
    if (this.#canTake(true)) return await this.#printAhead();
    await first.finished;
  }

  /** Prints in turn until there is help, or to the end. */
  async *#alone(): AsyncGenerator<Lines, void, undefined> {
    for await (const lines of this.work.inTurn({ from: this.#done, to: this.work.count })) {
      yield this.#told(lines);
      this.#taken = this.#done;
      if (this.helper === undefined && this.#isLong) this.helper = (await this.work.help.start()) ?? null;
      if (this.helper) await this.work.pause();
      if (this.helper?.isReady) return;
    }
  }

  /** Says whether it takes long enough: as many bytes are done, and are likely to be left, as help is worth its start. */
  get #isLong(): boolean {
    const left = (this.#bytes * (this.work.count - this.#done)) / Math.max(1, this.#done);
    return Math.min(this.#bytes, left) >= this.work.help.from;
  }

  #giveAway(): void {
    while (this.helper?.isReady && this.#canTake(false)) {
      const portion = this.#take();
      const task: Task = { portion, isOurs: false, printed: undefined, finished: Promise.resolve() };
      task.finished = this.helper.print(portion, this.#room()).then(printed => void (task.printed = printed));
      this.#tasks.push(task);
    }
  }

  async #printAhead(): Promise<void> {
    const portion = this.#take();
    const task: Task = { portion, isOurs: true, printed: undefined, finished: Promise.resolve() };
    this.#tasks.push(task);
    task.printed = await this.work.ahead(portion, this.#room());
    await this.work.pause();
  }

  async *#hand(task: Task, { room, rows, bytes }: PrintedPortion): AsyncGenerator<Lines, void, undefined> {
    const { from, to } = task.portion;
    this.#tasks.shift();
    if (rows > 0) yield this.#told({ text: room.subarray(0, bytes), count: rows });
    if (room.length === this.#roomBytes) this.#rooms.push(room);
    if (from + rows === to) return;
    for await (const lines of this.work.inTurn({ from: from + rows, to })) yield this.#told(lines);
  }

  #told(lines: Lines): Lines {
    const { count, progress } = this.work;
    this.#done += lines.count;
    this.#bytes += lines.text.length;
    this.#bytesPerRow = lines.text.length / lines.count;
    progress?.({ phase: "reading", done: this.#done, total: count, unit: "rows" });
    return lines;
  }

  #canTake(isOurs: boolean): boolean {
    if (this.#taken >= this.work.count) return false;
    return this.#tasks.reduce((sum, task) => sum + (task.isOurs === isOurs ? 1 : 0), 0) < portionsEach;
  }

  #take(): Portion {
    const rows = Math.max(1, Math.floor(this.work.help.portionBytes / this.#bytesPerRow));
    const from = this.#taken;
    this.#taken = Math.min(this.work.count, from + rows);
    return { from, to: this.#taken };
  }

  /** Half as much again: for rows that are longer than those before. */
  get #roomBytes(): number {
    return 1.5 * this.work.help.portionBytes;
  }

  #room(): Uint8Array<ArrayBuffer> {
    return this.#rooms.pop() ?? new Uint8Array(this.#roomBytes);
  }
}
