/** What is asked of a bucket, and what it answers. */

export interface Ask {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** The key; empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** The most bytes that the answer may have; default 16 MiB. */
  readonly limit?: number;
  /** Says what is wrong with an answer of a status below 400, which is then asked for again. */
  readonly flaw?: (answer: Answer) => string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** What S3 calls the error; empty when there is none. */
  readonly code: string;
}
