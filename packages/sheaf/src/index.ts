/**
 * Sheaf as a library: a repository in a folder, on Node.
 *
 * ```ts
 * import { Repository } from "sheaf";
 * const repo = await Repository.open("./evals", { create: true });
 * await repo.dataset("qa").import([{ id: "q1", answer: "4" }], { key: "id" });
 * ```
 */
import { cloneFolder, openFolder, type OpenOptions } from "@sheaf/cli";
import type { CloneOptions, Repository as Engine } from "@sheaf/core";

export type { OpenOptions };
export * from "./library.js";
export { importHumanloopExport } from "@sheaf/cli";
export { exportFile, importFile, type ExportOptions, type ImportFileOptions } from "./files.js";

/** A repository: every version of every dataset in one folder. */
export type Repository = Engine;

export const Repository = {
  /**
   * Opens the repository in a folder; its data lies in `<path>/.sheaf`. Throws no-such-repository when there is none, unless `create` asks for one.
   *
   * Commits are made by the author that the command line would find: environment, repository configuration, git's, else the user of the machine.
   */
  open(path: string, options: OpenOptions = {}): Promise<Repository> {
    return openFolder(path, options);
  },

  /**
   * Clones a repository (a folder, a bucket, a git host) into a folder that is not there yet, or empty.
   *
   * A clone that broke off may be begun again, and goes on with what it has.
   */
  clone(url: string, path: string, options: OpenOptions & CloneOptions = {}): Promise<Repository> {
    return cloneFolder(url, path, options);
  },
};
