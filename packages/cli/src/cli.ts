/** What a command works with: its streams, its repository, and how it speaks. One for each run. */
import type { CommitOptions, Progress, Repository, Watch } from "@sheaf/core";
import type { Io } from "./io.js";
import { Outlet } from "./outlet.js";
import type { Pager } from "./pager.js";
import { Paint, wantsColour } from "./render/paint.js";
import { ProgressLine } from "./render/progress.js";

/** The options of every command. */
export interface GlobalOptions {
  C?: string;
  json?: boolean;
  debug?: boolean;
  /** `false`: never a pager. */
  pager?: boolean;
}

export class Cli {
  readonly out: Outlet;
  readonly paint: Paint;
  /** What the run ends with when nothing is thrown. */
  exitCode = 0;
  /** Whether what the engine thinks a person may want to know is told. */
  hints = true;
  #repository: Repository | undefined;
  #progress: ProgressLine | undefined;
  #isPaged = false;
  #pager: Pager | undefined;

  /** @param options  the options that every command takes; filled while the line is parsed */
  constructor(
    readonly io: Io,
    readonly options: GlobalOptions,
  ) {
    this.out = new Outlet(io.stdout);
    this.paint = new Paint(wantsColour(io));
  }

  get json(): boolean {
    return this.options.json ?? false;
  }

  /** Says whether a person reads standard output. */
  get onTerminal(): boolean {
    return (this.io.stdout.isTTY ?? false) && !this.json;
  }

  /** The repository of `-C DIR`, or the nearest one above the current folder. Throws no-such-repository. */
  async repository(): Promise<Repository> {
    const { openNearest } = await import("./compose.js");
    return (this.#repository ??= await openNearest(
      this.io,
      this.options.C,
      text => void (this.hints && this.say(text)),
    ));
  }

  /** Sends all output from here on through the person's pager, if they read it on a terminal: for commands that may print more than a screen. It is opened with the first of it. */
  page(): void {
    const { page } = this.io;
    if (!this.onTerminal || this.options.pager === false || !page) return;
    this.#isPaged = true;
    this.out.openFirst(async () => (this.#pager = await page())?.sink);
  }

  /** Prints a line of data on standard output. */
  line(text: string): Promise<void> | undefined {
    return this.out.line(text);
  }

  /** Tells the person something, on standard error; nothing under `--json`. */
  say(text: string): void {
    if (this.json) return;
    this.#progress?.clear();
    this.out.push();
    this.io.stderr.write(`${text}\n`);
  }

  /** The signal, and a line of progress while standard error is a terminal. `share` knows better than the engine how far the work is. */
  watch(share?: () => number | undefined): Watch {
    const { signal, stderr } = this.io;
    // A pager has the screen.
    if (!stderr.isTTY || this.json || this.#isPaged) return { signal };
    const line = (this.#progress ??= new ProgressLine(stderr, Date.now));
    return { signal, progress: (progress: Progress) => line.update(progress, share?.()) };
  }

  /** The options of a commit from a command's own: those given, the signal and progress. */
  commit(options: CommitFlags = {}, share?: () => number | undefined): CommitOptions {
    const { message, branch, base, allowEmpty, author } = options;
    return {
      ...this.watch(share),
      ...(message === undefined ? {} : { message }),
      ...(branch === undefined ? {} : { branch }),
      ...(base === undefined ? {} : { base }),
      ...(allowEmpty === undefined ? {} : { allowEmpty }),
      ...(author === undefined && options.date === undefined ? {} : { author: { ...author, ...options.date } }),
    };
  }

  /** Ends the run: takes the progress line away, gives all output to the reader, lets packs be merged, and waits until the reader leaves their pager. */
  async close(): Promise<void> {
    this.#progress?.clear();
    try {
      await this.out.flush();
      await this.#repository?.close();
    } finally {
      await this.#pager?.close();
    }
  }
}

/** The flags of every command that makes a commit. */
export interface CommitFlags {
  message?: string;
  branch?: string;
  base?: string;
  allowEmpty?: boolean;
  author?: { name: string; email: string };
  date?: { time: number; zone: number };
}
