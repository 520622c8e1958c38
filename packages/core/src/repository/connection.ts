/** This side of a connection, and how the other side is found: by a remote's name or by a URL. */
import { SheafError } from "../errors.js";
import type { Local, Remote } from "../sync/remote.js";
import type { Context } from "./context.js";
import { remoteUrl } from "./remotes.js";
import { inTransaction } from "./write.js";

/** What remotes may read and write here. */
export function localOf(context: Context): Local {
  const { platform, store, logs } = context;
  return {
    platform,
    drive: store.drive,
    logs,
    reader: store,
    author: () => context.author(),
    zone: () => context.zone(),
    write: work => inTransaction(context, work, () => true),
  };
}

/** A remote while it is open. `name` is absent for one that was given by its URL. */
export interface Connection {
  readonly name?: string;
  readonly remote: Remote;
}

/** Opens a remote by its name or URL, works with it, and closes it. */
export async function connected<T>(
  context: Context,
  nameOrUrl: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const named = await remoteUrl(context, nameOrUrl);
  if (named === undefined && !/[/\\:.]/.test(nameOrUrl))
    throw new SheafError(
      "no-such-ref",
      { ref: nameOrUrl },
      `there is no remote ${JSON.stringify(nameOrUrl)}; sheaf remote lists them, sheaf remote add makes one`,
    );
  const remote = await openUrl(context, named ?? nameOrUrl);
  try {
    return await work(named === undefined ? { remote } : { name: nameOrUrl, remote });
  } finally {
    await remote.close();
  }
}

/** Opens a remote by its URL. */
export async function openUrl(context: Context, url: string): Promise<Remote> {
  if (!context.connect)
    throw new SheafError("refused", {}, "this repository was opened without a way to reach others (option connect)");
  return context.connect(url, localOf(context));
}
