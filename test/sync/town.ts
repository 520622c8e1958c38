/** Repositories in memory that know each other by names such as `mem:ada`. */
import {
  isSheafError,
  openDriveRemote,
  Repository,
  SheafError,
  type CloneOptions,
  type Connect,
  type Drive,
} from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";

export class Town {
  readonly drives = new Map<string, Drive>();

  /** Opens the repository of this name, and makes it where there is none. */
  async open(name: string): Promise<Repository> {
    return Repository.open(this.driveOf(name), { ...this.options(name), create: true });
  }

  async clone(from: string, name: string, options: CloneOptions = {}): Promise<Repository> {
    return Repository.clone(this.driveOf(name), `mem:${from}`, { ...this.options(name), ...options });
  }

  driveOf(name: string): Drive {
    const drive = this.drives.get(name) ?? new MemoryDrive();
    this.drives.set(name, drive);
    return drive;
  }

  get connect(): Connect {
    return async (url, local) => {
      const drive = this.drives.get(url.replace(/^mem:/, ""));
      if (!drive) throw new SheafError("no-such-repository", { path: url }, `there is no Sheaf repository at ${url}`);
      return openDriveRemote(drive, local, { url });
    };
  }

  options(name: string) {
    return { platform: nodePlatform, author: () => ({ name, email: `${name}@example.org` }), connect: this.connect };
  }
}

/** A dataset's rows as text, in order. */
export async function rowsOf(repository: Repository, dataset = "qa", at = "HEAD"): Promise<string[]> {
  const rows: string[] = [];
  for await (const { id, item } of repository.dataset(dataset).rows({ at })) rows.push(`${id} ${JSON.stringify(item)}`);
  return rows;
}

/** What verify finds, as sentences. */
export async function findings(repository: Repository): Promise<string[]> {
  const found: string[] = [];
  for await (const { message } of repository.verify()) found.push(message);
  return found;
}

/** The code of the error that a promise is rejected with. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (isSheafError(error)) return error.code;
    throw error;
  }
}
