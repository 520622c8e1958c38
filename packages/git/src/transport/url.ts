/** Where a git repository is: `https://host/path`, `ssh://host/path`, `host:path`, `file:///path` or a plain path. */
import { badInput } from "@sheaf/core";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A URL taken apart. `shown` is for people and holds no password. */
export type GitUrl =
  | { readonly kind: "http"; readonly shown: string; readonly href: string; readonly credentials?: Credentials }
  | {
      readonly kind: "ssh";
      readonly shown: string;
      readonly host: string;
      readonly port?: string;
      readonly path: string;
    }
  | { readonly kind: "file"; readonly shown: string; readonly path: string };

/** `user@host:path`, and a path before any slash of which no colon stands but that of a Windows drive. */
const scpForm = /^(?:([^@/:]+)@)?(\[[0-9a-fA-F:.]+\]|[^@/:[\]]{2,}):(?!\/\/)(.+)$/s;
/** Users and hosts that no program can take for an option or a shell for a command. */
const safeHost = /^(?:[\w.+~][\w.+~-]*@)?(?:\[[0-9a-fA-F:.]+\]|[\w.][\w.-]*)$/;

/** Takes a URL apart. Throws bad-input, without what it may hold of passwords, for one that leads to no git repository. */
export function parseGitUrl(url: string): GitUrl {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1].toLowerCase();
  if (scheme === undefined) return parseScheme(url);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed) throw badInput(`${JSON.stringify(showUrl(url))} is no URL`);
  if (scheme === "http" || scheme === "https") return httpUrl(parsed);
  if (scheme === "file") return fileUrl(parsed);
  if (scheme === "ssh" || scheme === "git+ssh") return sshUrl(parsed);
  throw badInput(`${showUrl(url)}: git repositories are reached by https, ssh and file here, not by ${scheme}`);
}

/** The same URL without user and password, as far as it looks like one that holds them. */
export function showUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
}

function parseScheme(url: string): GitUrl {
  const [, user, host, path] = scpForm.exec(url) ?? [];
  if (host === undefined) return { kind: "file", shown: url, path: url };
  return checkSsh({ kind: "ssh", shown: url, host: user === undefined ? host : `${user}@${host}`, path });
}

function httpUrl(url: URL): GitUrl {
  const credentials = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  url.username = "";
  url.password = "";
  url.hash = "";
  const href = url.href.replace(/\/+$/, "");
  const isGiven = credentials.username !== "" || credentials.password !== "";
  return { kind: "http", shown: href, href, ...(isGiven && { credentials }) };
}

function fileUrl(url: URL): GitUrl {
  if (url.host !== "" && url.host !== "localhost") throw badInput(`${url.href}: a file:// URL names no host`);
  const path = decodeURIComponent(url.pathname).replace(/^\/([a-z]:)/i, "$1");
  return { kind: "file", shown: url.href, path };
}

function sshUrl(url: URL): GitUrl {
  const shown = showUrl(url.href).replace("://", url.username === "" ? "://" : `://${url.username}@`);
  const host = url.username === "" ? url.hostname : `${decodeURIComponent(url.username)}@${url.hostname}`;
  const path = decodeURIComponent(url.pathname).replace(/^\/~/, "~");
  return checkSsh({ kind: "ssh", shown, host, ...(url.port !== "" && { port: url.port }), path });
}

function checkSsh(url: Extract<GitUrl, { kind: "ssh" }>): GitUrl {
  if (!safeHost.test(url.host)) throw badInput(`${JSON.stringify(url.shown)}: the host's name cannot be one`);
  if (url.path.startsWith("-") || url.path === "" || /[\0\n\r]/.test(url.path))
    throw badInput(`${JSON.stringify(url.shown)}: the path cannot be one`);
  return url;
}
