/** What other packages' tests reuse. */
export * from "./counting-drive.js";
export * from "./drive-contract.js";
export * from "./faulty-drive.js";
