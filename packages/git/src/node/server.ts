/** Opens git repositories by URL, with what Node offers to reach them. */
import { GitServer } from "../transport/server.js";
import { HttpCarrier, type HttpRequests } from "../transport/http.js";
import { parseGitUrl } from "../transport/url.js";
import { plainLine } from "../transport/words.js";
import { fromEnvironment, fromGit, fromUrl } from "./credential-sources.js";
import { nodeHttpRequests } from "./http-client.js";
import { PipeCarrier } from "./pipes.js";
import { localCommand, sshCommand } from "./ssh.js";

export interface GitServerOptions {
  /** The environment that programs are run with and that is looked at for credentials; the process's own unless given. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Whether people may be asked for a password, by git on the terminal. */
  readonly mayAsk?: boolean | undefined;
  /** How many milliseconds an HTTP server may be silent. */
  readonly silenceMs?: number | undefined;
  /** Carries requests over HTTP in place of Node's own client, as through a proxy. */
  readonly http?: HttpRequests | undefined;
  /** Told what a person may want to know. */
  readonly hint?: ((text: string) => void) | undefined;
}

/**
 * Opens a git repository: `https://…`, `ssh://…`, `host:path`, `file://…` or a path. Nothing is asked yet.
 *
 * Throws bad-input for a URL of another kind.
 */
export function openGitServer(url: string, options: GitServerOptions = {}): GitServer {
  const { environment = process.env, mayAsk = false, silenceMs, hint, http = nodeHttpRequests(silenceMs) } = options;
  const parsed = parseGitUrl(url);
  switch (parsed.kind) {
    case "http": {
      const given = parsed.credentials ? [fromUrl(parsed.credentials)] : [];
      const sources = [
        ...given,
        fromEnvironment(environment),
        fromGit(environment, mayAsk, parsed.credentials?.username),
      ];
      const moved = (to: string) =>
        hint?.(
          `${parsed.href} has moved to ${plainLine(to)}; sheaf remote set-url … ${plainLine(to)} says so for good`,
        );
      return new GitServer(new HttpCarrier(parsed.href, http, sources, moved));
    }
    case "ssh":
      return new GitServer(
        new PipeCarrier(parsed.shown, service => sshCommand(parsed, service, environment), environment),
      );
    case "file": {
      const command = async (service: Parameters<typeof localCommand>[1]) => localCommand(parsed.path, service);
      return new GitServer(new PipeCarrier(parsed.shown, command, environment));
    }
  }
}
