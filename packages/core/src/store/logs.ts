/**
 * Names that move, as logs of frozen entries: refs, HEAD, the configuration, the stash, merges under way.
 *
 * Step of the walk: commit → *ref*. To move a log is to create its next entry, so compare-and-swap is `create` (law 5), the reflog comes free, and a
 * crash leaves no lock. Entries are numbered downwards: the first name listed is the value. Leaves what the values mean to others.
 */
import type { Cid } from "../block/cid.js";
import { isSheafError, SheafError } from "../errors.js";
import type { Platform } from "../platform.js";
import { compareText } from "../text.js";
import type { Drive } from "./drive.js";
import { entryName, firstNumber, parseEntry, parseEntryName, printEntry, type LogEntry } from "./log-entry.js";
import { listLogs, type Listed } from "./log-listing.js";
import { checkLogName, encodeLogName, isFolder, LogPaths } from "./log-name.js";

export type { LogEntry } from "./log-entry.js";

export interface Move {
  /** The newest entry as it was read; `undefined` for a log that has none. */
  readonly from: LogEntry | undefined;
  /** The new value; `null` deletes. */
  readonly to: string | null;
  readonly who: { readonly name: string; readonly email: string };
  /** Minutes east of UTC; default 0. */
  readonly zone?: number;
  readonly command: string;
  /** Blocks that gc must keep for the entry, beside a value that is a CID. */
  readonly roots?: readonly Cid[];
}

/** Who won has the new entry; who lost has the newest one, `undefined` if there is none. */
export type Moved =
  { readonly ok: true; readonly entry: LogEntry } | { readonly ok: false; readonly head: LogEntry | undefined };

/** An entry of a history, or why it cannot be read. */
export interface Outcome {
  readonly file: string;
  readonly entry?: LogEntry;
  readonly error?: SheafError<"corrupt-block">;
}

/** Heads read at once: on a drive far away each is a request. */
const readTogether = 16;

/** Steps from the entry last seen to the newest, before a listing is cheaper. */
const maxSteps = 32;

export interface LogsOptions {
  /**
   * Milliseconds, far below the grace of gc, in which an entry that was the newest cannot have gone: its successor is younger. In that time only the
   * successor is asked for. Default 0: always both.
   */
  readonly freshMs?: number;
}

/** Within so many milliseconds no entry can be created, succeeded and trimmed: trimming waits for a grace. */
const sideBySideMs = 10_000;

export class Logs {
  readonly #paths = new LogPaths();
  readonly #freshMs: number;
  /** The newest entry seen of each log, and when it was last found to be there: where to look first, never the answer. */
  readonly #seen = new Map<string, LogEntry>();
  readonly #seenAt = new Map<string, number>();
  /** Says whether the drive has answered later than at once. */
  #takesTime = false;

  constructor(
    readonly drive: Drive,
    readonly platform: Platform,
    { freshMs = 0 }: LogsOptions = {},
  ) {
    this.#freshMs = freshMs;
  }

  /** Throws bad-input unless a log may have this name: for refs, what `git check-ref-format` says. */
  check(name: string): void {
    checkLogName(name);
  }

  /** The newest entry; `undefined` when there was never any. A deleted log's value is `null`. */
  async read(name: string): Promise<LogEntry | undefined> {
    const path = this.#paths.of(name);
    const entry = (await this.#readOn(path)) ?? (await this.#readFirst(path));
    this.#remember(path, entry);
    return entry;
  }

  /**
   * Creates the next entry; of n rivals that read the same one, one wins.
   *
   * Throws already-exists when a ref would be a folder of another, or the other way round; refused when the log is full.
   */
  async move(name: string, move: Move): Promise<Moved> {
    checkLogName(name);
    const isBirth = (move.from?.value ?? null) === null && move.to !== null;
    const head = move.from ? undefined : await this.read(name);
    if (head) return { ok: false, head };
    if (isBirth) await this.#checkFolders(name);
    const entry = this.#next(name, move);
    if (!(await this.#create(name, entry)) || !(await this.#counts(name, move.from, entry)))
      return { ok: false, head: await this.read(name) };
    this.#remember(encodeLogName(name), entry);
    if (isBirth) await this.#withdrawIfFolder(name, entry);
    return { ok: true, entry };
  }

  /** Removes an entry, as trimming does; what was seen of its log counts no more. */
  async remove(name: string, number: number): Promise<void> {
    const path = this.#paths.of(name);
    this.#seen.delete(path);
    await this.drive.remove(entryName(path, number));
  }

  /** All entries, newest first: the reflog. */
  async *history(name: string): AsyncIterable<LogEntry> {
    for await (const { entry, error } of this.outcomes(name)) {
      if (error) throw error;
      if (entry) yield entry;
    }
  }

  /** The history, with an error in place of each entry that is damaged. */
  async *outcomes(name: string): AsyncIterable<Outcome> {
    checkLogName(name);
    for await (const file of this.drive.list(`${encodeLogName(name)}/~`)) {
      const parsed = parseEntryName(file);
      if (!parsed) continue;
      try {
        const entry = await this.#entry(parsed.path, parsed.number);
        if (entry) yield { file, entry };
      } catch (error) {
        if (!isSheafError(error, "corrupt-block")) throw error;
        yield { file, error };
      }
    }
  }

  /** Names of the logs that begin with the prefix and are not deleted, in order. */
  async *list(prefix: string): AsyncIterable<string> {
    for (const { name } of await this.heads(prefix)) yield name;
  }

  /** The logs that begin with the prefix and are not deleted, each with its newest entry, in order of their names. */
  async heads(prefix: string): Promise<{ name: string; entry: LogEntry }[]> {
    const listed: Listed[] = [];
    for await (const one of listLogs(this.drive, prefix)) listed.push(one);
    const heads: { name: string; entry: LogEntry }[] = [];
    for (let at = 0; at < listed.length; at += readTogether) {
      const some = listed.slice(at, at + readTogether);
      const entries = await Promise.all(some.map(one => this.#readListed(one)));
      for (const [i, entry] of entries.entries())
        if (entry && entry.value !== null) heads.push({ name: some[i].name, entry });
    }
    return heads.sort((a, b) => compareText(a.name, b.name));
  }

  /** Names of all logs that begin with the prefix, deleted ones too, in the drive's order. */
  async *names(prefix = ""): AsyncIterable<string> {
    for await (const { name } of listLogs(this.drive, prefix)) yield name;
  }

  /** The newest entry of a log that was listed just now: where nothing newer was seen, the one listed, by one look if it was not seen before. */
  async #readListed({ name, path, number }: Listed): Promise<LogEntry | undefined> {
    const seen = this.#seen.get(path);
    if (seen && seen.number < number) return this.read(name);
    // Entries are frozen: the one seen is the one listed.
    const entry = seen?.number === number ? seen : await this.#entry(path, number);
    if (!entry) return this.read(name);
    this.#remember(path, entry);
    return entry;
  }

  /** From the entry last seen, as entries are frozen and numbered without gaps: a few looks, however long the log is. */
  async #readOn(path: string): Promise<LogEntry | undefined> {
    let seen = this.#seen.get(path);
    for (let steps = 0; seen && steps < maxSteps; steps++) {
      const next = this.#entry(path, seen.number - 1);
      const stays = this.#isFresh(path, seen) || this.#staysMeanwhile(path, seen.number);
      const [found] = await Promise.all([next, stays]);
      // Entries go oldest first: while the one seen is there, no later one has gone.
      if (!found) return (await (stays ?? this.drive.read(entryName(path, seen.number)))) ? seen : undefined;
      seen = found;
    }
    return undefined;
  }

  /** Looks at an entry while another look is under way, where the drive takes time and it was seen a moment ago; `undefined` where not. */
  #staysMeanwhile(path: string, number: number): Promise<Uint8Array | undefined> | undefined {
    const age = this.platform.now() - (this.#seenAt.get(path) ?? -Infinity);
    if (!this.#takesTime || age < 0 || age > sideBySideMs) return undefined;
    return Promise.resolve(this.drive.read(entryName(path, number)));
  }

  /** Says whether this very entry was found to be there, without a successor, so lately that it is there still. */
  #isFresh(path: string, entry: LogEntry | undefined): boolean {
    const age = this.platform.now() - (this.#seenAt.get(path) ?? -Infinity);
    return entry !== undefined && this.#seen.get(path) === entry && age >= 0 && age < this.#freshMs;
  }

  #remember(path: string, entry: LogEntry | undefined): void {
    // What was not looked at anew is not younger than it was.
    if (this.#isFresh(path, entry)) return;
    if (entry) this.#seen.set(path, entry);
    else this.#seen.delete(path);
    this.#seenAt.set(path, this.platform.now());
  }

  async #readFirst(path: string): Promise<LogEntry | undefined> {
    for (let tries = 0; ; tries++) {
      const number = await this.#firstListed(path);
      if (number === undefined) return undefined;
      const entry = await this.#entry(path, number);
      // It went between the listing and the read, so there is a newer one.
      if (entry || tries === 10) return entry;
    }
  }

  async #firstListed(path: string): Promise<number | undefined> {
    for await (const name of this.drive.list(`${path}/~`)) return parseEntryName(name)?.number;
    return undefined;
  }

  async #entry(path: string, number: number): Promise<LogEntry | undefined> {
    if (number < 0) return undefined;
    const file = entryName(path, number);
    const read = this.drive.read(file);
    this.#takesTime ||= read instanceof Promise;
    const bytes = await read;
    return bytes && parseEntry(this.platform, file, number, bytes);
  }

  #next(name: string, { from, to, who, zone = 0, command, roots = [] }: Move): LogEntry {
    const number = from ? from.number - 1 : firstNumber;
    if (number < 0)
      throw new SheafError(
        "refused",
        {},
        `${name} was moved ${firstNumber} times, which is all that its log holds; use a new name`,
      );
    return { number, value: to, time: this.platform.now(), zone, who, command, nonce: this.platform.nonce(), roots };
  }

  /** Creates an entry; after a lost reply the nonce says whose it is. */
  async #create(name: string, entry: LogEntry): Promise<boolean> {
    const path = encodeLogName(name);
    try {
      if (await this.drive.create(entryName(path, entry.number), printEntry(this.platform, entry))) return true;
    } catch (error) {
      const there = await this.#entry(path, entry.number).catch(() => undefined);
      if (!there) throw error;
      return there.nonce === entry.nonce;
    }
    return (await this.#entry(path, entry.number))?.nonce === entry.nonce;
  }

  /**
   * Says whether the entry follows what it was made from. If that has gone, the log moved on long ago, the number was free again, and what was
   * created means nothing: it is taken back.
   */
  async #counts(name: string, from: LogEntry | undefined, entry: LogEntry): Promise<boolean> {
    const path = encodeLogName(name);
    const isNext = from
      ? (await this.drive.read(entryName(path, from.number))) !== undefined
      : (await this.#firstListed(path)) === entry.number;
    if (isNext) return true;
    await this.remove(name, entry.number);
    return false;
  }

  /** Throws when a live ref is a folder of this name, or this name a folder of a live ref. */
  async #checkFolders(name: string): Promise<void> {
    if (!name.startsWith("refs/")) return;
    const parts = name.split("/");
    for (let length = 2; length < parts.length; length++) {
      const above = parts.slice(0, length).join("/");
      if (((await this.read(above))?.value ?? null) !== null) throw isFolder(above, name);
    }
    for await (const below of this.names(`${name}/`))
      if (((await this.read(below))?.value ?? null) !== null) throw isFolder(below, name);
  }

  /** Two that were born at once each look for the other; whoever sees it withdraws, which may be both. */
  async #withdrawIfFolder(name: string, entry: LogEntry): Promise<void> {
    try {
      await this.#checkFolders(name);
    } catch (error) {
      const { who, zone } = entry;
      await this.move(name, {
        from: entry,
        to: null,
        who,
        zone,
        command: "withdrawn: a ref above or below was made at the same time",
      });
      throw error;
    }
  }
}
