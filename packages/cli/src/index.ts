/** The command line as a function; and what it and the library share: a repository in a folder, files in and out. */
export { cloneFolder } from "./clone.js";
export { openFolder, type OpenOptions } from "./compose.js";
export { importSource, type ReadOptions } from "./file-import.js";
export { importHumanloopExport } from "./humanloop-export.js";
export { processIo, run, type Io, type Sink } from "./run.js";
export { openSource, type Source } from "./source.js";
export { writeFileWhole } from "./target.js";
