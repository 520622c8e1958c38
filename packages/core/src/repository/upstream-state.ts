/** How a branch and the one that it follows are told of. */
/** Where a branch stands against the one that it follows. */
export interface Upstream {
  readonly remote: string;
  /** The branch there. */
  readonly branch: string;
  /** Commits that only this side has, and that only the other side had when it was last fetched; absent when it was not fetched, or is gone. */
  readonly ahead?: number;
  readonly behind?: number;
}
