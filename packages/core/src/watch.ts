/** How long work is watched and stopped: what everything long takes. */

/** How far long work has come. `total` is absent while it is unknown. */
export interface Progress {
  /** What is being done, as one verb: `reading`, `writing`, `comparing`, … */
  readonly phase: string;
  readonly done: number;
  readonly total?: number;
  readonly unit: "rows" | "bytes" | "blocks" | "packs" | "commits" | "objects";
}

export interface Watch {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((progress: Progress) => void) | undefined;
}
