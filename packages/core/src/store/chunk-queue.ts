/** Chunks on their way from a writer to a drive: pushed on one side, iterated once on the other. */
export class ChunkQueue implements AsyncIterable<Uint8Array> {
  #chunks: Uint8Array[] = [];
  #isEnded = false;
  #failure: { readonly error: unknown } | undefined;
  /** Bytes pushed and not yet asked past. */
  bytes = 0;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  /** @param passed  told of each chunk that was asked past */
  constructor(readonly passed: (chunk: Uint8Array) => void = () => undefined) {}

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.bytes += chunk.length;
    this.#wake();
  }

  /** Nothing more will come. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** Ends both sides with an error; what waits is dropped. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#chunks = [];
    this.bytes = 0;
    this.#wake();
  }

  /** Resolves when at most `bytes` wait; throws what the queue failed with. */
  async below(bytes: number): Promise<void> {
    while (!this.#failure && this.bytes > bytes) await new Promise<void>(resolve => (this.#wakeWriter = resolve));
    if (this.#failure) throw this.#failure.error;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    for (;;) {
      if (this.#failure) throw this.#failure.error;
      const chunk = this.#chunks.shift();
      if (chunk) {
        yield chunk;
        this.bytes = Math.max(0, this.bytes - chunk.length);
        this.passed(chunk);
        this.#wakeWriter?.();
      } else if (this.#isEnded) return;
      else await new Promise<void>(resolve => (this.#wakeReader = resolve));
    }
  }

  #wake(): void {
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }
}
