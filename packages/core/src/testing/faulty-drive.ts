/** A drive that fails when it is told to, for tests of what is left behind. */
import { SheafError } from "../errors.js";
import type { Awaitable } from "../platform.js";
import type { Drive, Span } from "../store/drive.js";

/**
 * How an operation fails: `refuses` before anything is done; `loses` the reply of what was done; `dies` before it and in all that follow, like a
 * process that is killed; `vanishes` after it and in all that follow.
 */
export type Fault = "refuses" | "loses" | "dies" | "vanishes";

export const faults: readonly Fault[] = ["refuses", "loses", "dies", "vanishes"];

/** Passes everything on, but fails at one operation. A stream that is being created fails after its first chunk. */
export class FaultyDrive implements Drive {
  /** Operations so far. */
  operations = 0;
  #isDead = false;

  /**
   * @param failAt the operation that fails, from 1; 0 for none
   * @param reason what the error says
   */
  constructor(
    readonly drive: Drive,
    readonly failAt = 0,
    readonly fault: Fault = "refuses",
    readonly reason = "no space is left on the disk",
  ) {}

  /** Says whether the process that uses this drive would be gone. */
  get isDead(): boolean {
    return this.#isDead;
  }

  read(name: string, span?: Span, room?: Uint8Array): Awaitable<Uint8Array | undefined> {
    const fails = this.#step(name);
    const bytes = this.drive.read(name, span, room);
    if (fails) throw this.#failure(name);
    return bytes;
  }

  async create(name: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<boolean> {
    const isStream = !(bytes instanceof Uint8Array);
    const fails = this.#step(name, isStream);
    const isCutOff = fails && (this.fault === "refuses" || this.fault === "dies");
    const created = await this.drive.create(name, isCutOff && isStream ? this.#cutOff(name, bytes) : bytes);
    if (fails) throw this.#failure(name);
    return created;
  }

  async *list(prefix: string, after?: string): AsyncIterable<string> {
    const fails = this.#step(prefix);
    for await (const name of this.drive.list(prefix, after)) {
      if (this.#isDead) throw this.#failure(prefix);
      yield name;
    }
    if (fails) throw this.#failure(prefix);
  }

  async remove(name: string): Promise<void> {
    const fails = this.#step(name);
    await this.drive.remove(name);
    if (fails) throw this.#failure(name);
  }

  /** Counts an operation; throws when it must not be done, and says whether it fails after it was done. */
  #step(name: string, isStream = false): boolean {
    if (this.#isDead) throw this.#failure(name);
    if (++this.operations !== this.failAt) return false;
    this.#isDead = this.fault === "dies" || this.fault === "vanishes";
    if (!isStream && (this.fault === "refuses" || this.fault === "dies")) throw this.#failure(name);
    return true;
  }

  async *#cutOff(name: string, stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const part of stream) {
      yield part.subarray(0, part.length >> 1);
      throw this.#failure(name);
    }
  }

  #failure(name: string): SheafError<"drive-failed"> {
    return new SheafError("drive-failed", { name, reason: this.reason }, `${name}: ${this.reason} (made by a test)`);
  }
}
