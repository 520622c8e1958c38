/** Standard output: gathers text into large writes, waits while the reader is slow, and stops quietly when the reader is gone. */
import type { Sink } from "./io.js";

/** The reader of standard output went away (`sheaf rows qa | head`): there is nobody left to work for. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

/** Characters gathered before a write. */
const fullAt = 65_536;

export class Outlet {
  #parts: string[] = [];
  #length = 0;
  #gone = false;
  #sink: Sink;
  #opening: (() => Promise<Sink | undefined>) | undefined;

  constructor(sink: Sink) {
    this.#sink = sink;
    sink.on("error", this.#fail);
  }

  /** Before anything is sent, asks for another sink to send it to; `undefined` is for the one that is there. */
  openFirst(open: () => Promise<Sink | undefined>): void {
    let opened: Promise<Sink | undefined> | undefined;
    this.#opening = () => (opened ??= open());
  }

  /** Takes text. The promise, if there is one, must be awaited before more is written. Throws {@link ReaderGone}. */
  write(text: string): Promise<void> | undefined {
    this.#parts.push(text);
    this.#length += text.length;
    return this.#length < fullAt ? undefined : this.flush();
  }

  /** Takes one line without its end. */
  line(text: string): Promise<void> | undefined {
    return this.write(`${text}\n`);
  }

  /** Takes bytes as they are, after all text before them. */
  async bytes(bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.#send(bytes);
  }

  /** Resolves when everything is with the reader. */
  async flush(): Promise<void> {
    if (this.#length === 0) return;
    const text = this.#parts.join("");
    this.#parts = [];
    this.#length = 0;
    await this.#send(text);
  }

  /** Sends what was gathered, without waiting: so that a message on standard error comes after it. A reader that is gone is noticed by the next write. */
  push(): void {
    this.flush().catch(() => undefined);
  }

  /** Lets go of the sink. */
  close(): void {
    this.#sink.off("error", this.#fail);
  }

  async #send(chunk: string | Uint8Array): Promise<void> {
    if (this.#opening) this.#redirect(await this.#opening());
    if (this.#gone) throw new ReaderGone();
    await new Promise<void>((resolve, reject) => {
      this.#sink.write(chunk, error => {
        if (!error) return resolve();
        this.#gone = true;
        reject(isGone(error) ? new ReaderGone() : error);
      });
    });
  }

  #redirect(sink: Sink | undefined): void {
    this.#opening = undefined;
    if (!sink || sink === this.#sink) return;
    this.close();
    this.#sink = sink;
    sink.on("error", this.#fail);
  }

  readonly #fail = (): void => {
    this.#gone = true; // the write's own callback has the reason
  };
}

function isGone(error: Error & { code?: string }): boolean {
  return error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED" || error.code === "EOF";
}
