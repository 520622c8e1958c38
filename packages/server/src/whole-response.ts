/** Responses whose body is in memory. The web's own makes a stream of it at once, which costs more than many an answer; this one does when somebody asks. */

export class WholeResponse extends Response {
  /** The whole body. */
  readonly whole: Uint8Array;
  #streamed: Response | undefined;

  constructor(whole: Uint8Array, init: ResponseInit) {
    super(null, init);
    this.whole = whole;
  }

  override get body(): Response["body"] {
    return this.#full.body;
  }

  override get bodyUsed(): boolean {
    return this.#streamed?.bodyUsed ?? false;
  }

  override text(): Promise<string> {
    return this.#full.text();
  }

  override json(): Promise<unknown> {
    return this.#full.json();
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#full.arrayBuffer();
  }

  override blob(): Promise<Blob> {
    return this.#full.blob();
  }

  override clone(): Response {
    return new WholeResponse(this.whole, this);
  }

  get #full(): Response {
    return (this.#streamed ??= new Response(this.whole as BodyInit, this));
  }
}
