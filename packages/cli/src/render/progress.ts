/** One line on a terminal that says how far long work is: count, rate, share done, time left. */
import type { Progress } from "@sheaf/core";
import type { Sink } from "../io.js";
import { bytes, duration, rough } from "./quantity.js";
import { fit } from "./width.js";

/** Drawn at most this often. */
const everyMs = 100;
/** Work that is done sooner shows nothing. */
const afterMs = 400;

export class ProgressLine {
  #phase = "";
  #started = 0;
  #first = 0;
  #drawn = 0;
  #shown = false;

  /** @param now  milliseconds since any moment */
  constructor(
    readonly sink: Sink,
    readonly now: () => number,
  ) {}

  /** Takes news; `share` (0 to 1) is better known than `done / total` where it is given. */
  update(progress: Progress, share?: number): void {
    const now = this.now();
    if (progress.phase !== this.#phase) this.#begin(progress, now);
    if (now - this.#started < afterMs || now - this.#drawn < everyMs) return;
    this.#drawn = now;
    this.#shown = true;
    const seconds = (now - this.#started) / 1000;
    const text = describe(progress, (progress.done - this.#first) / seconds, seconds, share);
    this.sink.write(`\r\x1b[2K${fit(text, (this.sink.columns || 80) - 1)}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown) this.sink.write("\r\x1b[2K");
    this.#shown = false;
    this.#phase = "";
  }

  #begin(progress: Progress, now: number): void {
    this.#phase = progress.phase;
    this.#started = now;
    this.#first = progress.done;
  }
}

/** `reading  1.2 M rows  310 k/s  45 %  12 s left`. */
export function describe(progress: Progress, perSecond: number, seconds: number, share = shareOf(progress)): string {
  const { phase, done, unit } = progress;
  const amount = unit === "bytes" ? bytes(done) : `${rough(done)} ${unit}`;
  const rate = unit === "bytes" ? `${bytes(perSecond)}/s` : `${rough(perSecond)}/s`;
  const parts = [phase, amount, rate];
  if (share !== undefined) parts.push(`${Math.floor(share * 100)} %`);
  if (share !== undefined && share > 0.01 && share < 1) parts.push(`${duration((seconds * (1 - share)) / share)} left`);
  return parts.join("  ");
}

function shareOf({ done, total }: Progress): number | undefined {
  return total === undefined || total === 0 ? undefined : Math.min(1, done / total);
}
