/** The way from this machine to other repositories. Loads the code for a kind of remote when one of that kind is opened. */
import type { Connect } from "@sheaf/core";
import { placeOf } from "./place.js";
import { openProxies } from "./proxy.js";

/** What the ways need to know. */
export interface ConnectOptions {
  /** The folder that relative paths begin at. */
  readonly base: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told what a person may want to know. */
  readonly hint: (text: string) => void;
}

/** Gives the function that opens a remote by its URL. */
export function connectFrom({ base, env, hint }: ConnectOptions): Connect {
  return async (url, local) => {
    const place = placeOf(url, base);
    switch (place.kind) {
      case "sheaf": {
        const { openFolderRemote } = await import("./folder-remote.js");
        return openFolderRemote(place.folder, local);
      }
      case "bucket": {
        const { openBucketRemote } = await import("./bucket-remote.js");
        return openBucketRemote(place.url, local, env);
      }
      case "git": {
        const proxies = /^https?:/i.test(place.url) ? await openProxies(env) : undefined;
        if (mayBeServer(place.url)) {
          const { isServer, openServer } = await import("./server-remote.js");
          const dispatcher = proxies?.dispatcherFor(place.url);
          if (await isServer(place.url, dispatcher)) return openServer(place.url, local, env, dispatcher);
        }
        const { openGit } = await import("./git-remote.js");
        return openGit(place.url, local, env, hint, proxies);
      }
      case "bundle": {
        const { openFileRemote } = await import("./bundle-remote.js");
        return openFileRemote(place.file, local);
      }
    }
  };
}

/** A URL that ends in `.git` is git's, at a Sheaf server too. */
function mayBeServer(url: string): boolean {
  return /^https?:/i.test(url) && !/\.git\/*(?:[?#].*)?$/i.test(url);
}
