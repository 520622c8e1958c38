/** How much of a pack is taken before it is refused as meant to harm. */

export interface PackLimits {
  /** Bytes of one object: it is held in memory. */
  readonly maxObjectBytes: number;
  /** Bytes of all objects together, unpacked: small differences can make much. */
  readonly maxTotalBytes: number;
}

/** An object of 512 MiB, 256 GiB of them: beyond what git hosts take. */
export const packLimits: PackLimits = { maxObjectBytes: 2 ** 29, maxTotalBytes: 2 ** 38 };

/** Most that zlib makes of one byte, and what an empty stream takes: an object that says it is larger lies. */
export const mostInflated = 1032;
/** Least bytes of an entry: one of head, eight of an empty zlib stream. */
export const minEntryBytes = 9;
