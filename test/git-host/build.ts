/**
 * Builds a full git host for tests, Gitea, from its source by Go: once, into `node_modules/.cache`, which takes some minutes of a processor.
 *
 * The version is pinned, and Go's checksum database vouches for the source. Throws, and so fails what needs it, when Go or a C compiler is missing or the
 * build fails. Go installs no module whose manifest replaces others, so the source is copied out of Go's cache and built as a main module.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const version = "v1.26.0";
const cache = join(import.meta.dirname, "../../node_modules/.cache/sheaf-servers");
/** What the program reads beside itself. */
const parts = ["templates", "options", "public"];

/** Gives the folder that holds the program, `gitea`, and what it reads. */
export function buildGitea(): string {
  const built = join(cache, `gitea-${version}`);
  if (existsSync(built)) return built;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "build-"));
  const source = join(folder, "source");
  cpSync(sourceFolder(), source, { recursive: true });
  chmodSync(source, 0o755);
  const out = join(folder, "out");
  const flags = ["-trimpath", "-tags", "sqlite sqlite_unlock_notify", "-ldflags", "-s -w"];
  go(["build", ...flags, "-o", join(out, "gitea"), "."], source);
  for (const part of parts) cpSync(join(source, part), join(out, part), { recursive: true });
  spawnSync("chmod", ["-R", "u+w", folder]);
  renameSync(out, built);
  rmSync(folder, { recursive: true, force: true });
  return built;
}

/** Where Go keeps the source, which nobody may write. */
function sourceFolder(): string {
  const said: unknown = JSON.parse(go(["mod", "download", "-json", `code.gitea.io/gitea@${version}`], cache));
  return (said as { Dir: string }).Dir;
}

function go(args: readonly string[], cwd: string): string {
  const env = { ...process.env, GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "1" };
  const { status, error, stdout, stderr } = spawnSync("go", args, { cwd, env, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status === 0) return stdout;
  throw new Error(
    `Gitea cannot be built; these tests need Go 1.26 or newer and a C compiler: ${error?.message ?? stderr}`,
  );
}
