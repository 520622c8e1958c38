/** Sheaf as a library, in memory: for tests and for work that nobody needs to keep. */
import { Repository as Engine, type Person } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";

export * from "./library.js";

export interface OpenOptions {
  /** The bytes of a repository that is there already; default: none, and one is made. */
  readonly drive?: MemoryDrive;
  /** Who makes commits; default: nobody in particular. */
  readonly author?: () => Person | Promise<Person>;
}

export type Repository = Engine;
export { MemoryDrive };

const someone: Person = { name: "Sheaf", email: "sheaf@localhost" };

export const Repository = {
  /** Opens a repository in memory. Two that are given one drive see the same data, as two processes on one folder do. */
  open({ drive = new MemoryDrive(), author = () => someone }: OpenOptions = {}): Promise<Repository> {
    return Engine.open(drive, { platform: nodePlatform, author, create: true });
  },
};
