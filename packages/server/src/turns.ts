/** Turns at one thing: many may be at work on it at once, or one alone, in the order in which they come. */
export class Turns {
  /** Resolves when whoever works alone, or waits to, has done. */
  #before: Promise<unknown> = Promise.resolve();
  readonly #among = new Set<Promise<unknown>>();
  #waiting = 0;

  /** Whether nobody is at work or waits. */
  get isIdle(): boolean {
    return this.#waiting === 0 && this.#among.size === 0;
  }

  /** Works beside others, once those who came before to work alone have done. */
  async among<T>(work: () => Promise<T>): Promise<T> {
    const running = this.#before.then(work);
    const settled = running.then(nothing, nothing);
    this.#among.add(settled);
    await settled;
    this.#among.delete(settled);
    return running;
  }

  /** Works while nobody else does. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const before = [this.#before, ...this.#among];
    const running = Promise.all(before).then(work);
    this.#waiting++;
    this.#before = running.then(nothing, nothing);
    await this.#before;
    this.#waiting--;
    return running;
  }
}

function nothing(): void {}
