/** What other packages' tests reuse. */
export { MemoryBlocks, type BlockCounts } from "./blocks.js";
export * from "./counting-drive.js";
export * from "./drive-contract.js";
export * from "./faulty-drive.js";
export * from "./history.js";
export { plainSnapshots, snapshotChanges } from "./documents.js";
export { awkwardKeys, objects, values } from "./values.js";
