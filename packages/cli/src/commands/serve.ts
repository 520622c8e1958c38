/** `sheaf serve`. */
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, resolve } from "node:path";
import type { Cli } from "../cli.js";
import { count, examples, many, type Define } from "../parse.js";
import { record } from "../record.js";
import { UsageError } from "../usage.js";

interface Flags {
  host: string;
  port: number;
  name?: string;
  publicUrl?: string;
  allowHost?: string[];
  allowOrigin?: string[];
  tlsCert?: string;
  tlsKey?: string;
  maxRequests?: number;
  spool?: string;
  spoolSize: number;
  requestTime: number;
  drain: number;
  log: boolean;
}

/** The port of Sheaf's servers, unless another is chosen. */
const usualPort = 7117;
const usualDrainSeconds = 30;
const usualRequestSeconds = 300;
const usualSpoolMiB = 16_384;

export const define: Define = (command, cli) => {
  command
    .option("--host <host>", "the address to listen at; one that others reach needs tokens", "127.0.0.1")
    .option("--port <port>", "the port; 0 is any that is free", count(), usualPort)
    .option("--name <name>", "what git calls the repository, as in <url>/<name>.git (default: the folder's name)")
    .option("--public-url <url>", "where others reach the server, through a reverse proxy; it needs tokens")
    .option("--allow-host <name>", "a name that the server is called by; may be given several times", many)
    .option("--allow-origin <origin>", "pages of this origin may call the server; may be given several times", many)
    .option("--tls-cert <file>", "serve HTTPS with this certificate (PEM)")
    .option("--tls-key <file>", "the certificate's key (PEM)")
    .option("--max-requests <n>", "requests that are worked on at once", count(1))
    .option(
      "--request-time <seconds>",
      "how long a request may take to be answered, and a stream to get on",
      count(1),
      usualRequestSeconds,
    )
    .option("--spool <folder>", "where uploads and files of jobs wait (default: the system's temporary folder)")
    .option("--spool-size <MiB>", "what they may hold in all", count(1), usualSpoolMiB)
    .option("--drain <seconds>", "how long to finish what was begun when told to stop", count(), usualDrainSeconds)
    .option("--no-log", "print no line for each request on standard error")
    .addHelpText(
      "after",
      '\nWithout tokens the server is for this machine alone. An interrupt (or SIGTERM) ends it when what was begun is done.\nWith --json: {"url"} once it listens.',
    );
  examples(
    command,
    ["sheaf serve", "Serve this repository to programs on this machine"],
    ["sheaf serve --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem", "Serve it to a team, who need tokens"],
    ["sheaf serve -C s3://bucket/evals", "Serve a repository in a bucket"],
  );
  command.action((flags: Flags) => act(cli, flags));
};

async function act(cli: Cli, flags: Flags): Promise<void> {
  const [{ openNearest }, server] = await Promise.all([import("../compose.js"), import("@sheaf/server")]);
  const { host, port, drain, name = nameOf(cli) } = flags;
  const metrics = new server.Metrics();
  const watched = { watched: (drive: Parameters<typeof metrics.watch>[0]) => metrics.watch(drive) };
  const repo = await openNearest(cli.io, cli.options.C, text => cli.say(text), watched);
  const publicUrl = flags.publicUrl === undefined ? undefined : server.readPublicUrl(flags.publicUrl);
  const isPrivate = namesOf(flags, publicUrl).every(server.isLoopback);
  if (!isPrivate && (await server.listTokens(repo.local())).length === 0)
    throw new UsageError(
      "others could reach this server, and there is no token that would keep it: make one first with sheaf token create",
    );
  const log = (line: object) => void cli.io.stderr.write(`${JSON.stringify(line)}\n`);
  const service = new server.Service({
    repo,
    name,
    routes: [...server.allRoutes, ...server.exchangeRoutes(name)],
    dialects: server.allDialects,
    door: { hosts: hostsOf(flags, publicUrl, isPrivate, server.loopbackHosts), origins: new Set(flags.allowOrigin) },
    ...(publicUrl && { publicUrl }),
    isPrivate,
    metrics,
    model: { fetch: (url, init) => fetch(url, init), key: cli.io.env["SHEAF_LLM_KEY"] },
    spool: new server.DiskSpool(resolve(cli.io.cwd, flags.spool ?? tmpdir()), flags.spoolSize * 2 ** 20),
    ...(flags.maxRequests === undefined ? {} : { bounds: { requests: flags.maxRequests } }),
    ...(flags.log ? { log } : {}),
  });
  const listening = await server.listen(service, {
    host,
    port,
    requestMs: flags.requestTime * 1000,
    ...readTls(cli, flags),
  });
  const { url } = listening;
  const outside = publicUrl?.href.replace(/\/+$/, "") ?? url;
  await cli.line(cli.json ? record({ url }) : told(url, outside, name, server.allDialects));
  await cli.out.flush();
  await toldToStop(cli.io.signal);
  await listening.stop(drain * 1000);
}

/** Where everything is that the server has. */
function told(
  url: string,
  outside: string,
  name: string,
  dialects: readonly { prefixes: readonly string[] }[],
): string {
  const sdks = dialects.map(({ prefixes: [prefix] }) => outside + prefix);
  return [
    `serving ${outside === url ? url : `${outside} from ${url}`}`,
    `  the API, described: ${outside}/api/docs`,
    `  for git: ${outside}/${name}.git`,
    `  for SDKs: ${sdks.join(" ")}`,
  ].join("\n");
}

/** Names that the server is called by, as it was told. */
function namesOf({ host, allowHost = [] }: Flags, publicUrl: URL | undefined): string[] {
  const names = [host.includes(":") ? `[${host}]` : host, ...allowHost, ...(publicUrl ? [publicUrl.hostname] : [])];
  return names.map(name => name.toLowerCase());
}

/** Those that a request may call it by; any, where only tokens open it and none were allowed by name. */
function hostsOf(
  flags: Flags,
  publicUrl: URL | undefined,
  isPrivate: boolean,
  own: readonly string[],
): Set<string> | undefined {
  if (!isPrivate && flags.allowHost === undefined) return undefined;
  return new Set([...own, ...namesOf(flags, publicUrl)]);
}

function readTls(cli: Cli, { tlsCert, tlsKey }: Flags): { tls?: { cert: string; key: string } } {
  if (tlsCert === undefined && tlsKey === undefined) return {};
  if (tlsCert === undefined || tlsKey === undefined) throw new UsageError("--tls-cert and --tls-key go together");
  const read = (file: string) => readFileSync(resolve(cli.io.cwd, file), "utf8");
  return { tls: { cert: read(tlsCert), key: read(tlsKey) } };
}

function nameOf(cli: Cli): string {
  return basename((cli.options.C ?? cli.io.cwd).replace(/[/\\]+$/, "")) || "repository";
}

/** Resolves at an interrupt, or when the system asks the process to end. */
async function toldToStop(signal: AbortSignal): Promise<void> {
  await new Promise<void>(stop => {
    const done = () => {
      process.off("SIGTERM", done);
      stop();
    };
    process.on("SIGTERM", done);
    if (signal.aborted) done();
    signal.addEventListener("abort", done, { once: true });
  });
}
