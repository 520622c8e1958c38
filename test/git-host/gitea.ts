/** A full git host on loopback for tests: Gitea with its own database, people, web API, pull requests, protected branches. */
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { onFreePort, stop, untilUp } from "../../packages/drives/test/program.js";
import { buildGitea } from "./build.js";
import { GiteaUser } from "./user.js";

export class Gitea {
  private constructor(
    readonly url: string,
    readonly folder: string,
    readonly program: string,
    /** What the host wrote to its log so far. */
    readonly log: () => string,
    readonly close: () => Promise<void>,
  ) {}

  /** Starts a host that knows nobody. */
  static start(): Promise<Gitea> {
    const built = buildGitea();
    return onFreePort(port => Gitea.#startAt(port, built));
  }

  static async #startAt(port: number, built: string): Promise<Gitea> {
    const folder = mkdtempSync(join(tmpdir(), "sheaf-gitea-"));
    const url = `http://127.0.0.1:${port}`;
    mkdirSync(join(folder, "custom/conf"), { recursive: true });
    writeFileSync(join(folder, "custom/conf/app.ini"), configuration(folder, built, port));
    const program = join(built, "gitea");
    const child = spawn(program, ["web"], { env: environment(folder), stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const output of [child.stdout, child.stderr]) output.on("data", data => (said += String(data)));
    const log = () => said;
    const close = async () => {
      await stop(child);
      rmSync(folder, { recursive: true, force: true });
    };
    await untilUp(`${url}/api/healthz`, child, log);
    return new Gitea(url, folder, program, log, close);
  }

  /** Makes a user, who may use the API by password. */
  addUser(name: string): GiteaUser {
    const password = randomBytes(12).toString("hex");
    const options = ["--username", name, "--password", password, "--email", `${name}@example.org`];
    const args = ["admin", "user", "create", ...options, "--must-change-password=false"];
    execFileSync(this.program, args, { env: environment(this.folder), stdio: "pipe" });
    return new GiteaUser(this.url, name, password, this.log);
  }

  /** The bare repository on the host's disk, for stock git to look into. */
  repositoryFolder(owner: string, name: string): string {
    return join(this.folder, "data/gitea-repositories", owner, `${name}.git`);
  }
}

function environment(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: folder,
    GITEA_WORK_DIR: folder,
    GIT_CONFIG_NOSYSTEM: "1",
    LC_ALL: "C.UTF-8",
  };
}

/**
 * Nothing may depend on how busy the machine is: who finds the database locked waits (for half a second, unless told), and what was pushed is noted before
 * the push is answered, by a queue that is done at once. Else the host takes a repository for empty for a while after its first push, and a read of a file
 * in it ends with 500 (a nil pointer, in its `services/repository/files/content.go`).
 */
function configuration(folder: string, built: string, port: number): string {
  return `I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
RUN_MODE = prod
RUN_USER = ${userInfo().username}
WORK_PATH = ${folder}

[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
OFFLINE_MODE = true
DISABLE_SSH = true
STATIC_ROOT_PATH = ${built}

[database]
DB_TYPE = sqlite3
PATH = ${join(folder, "gitea.db")}
SQLITE_JOURNAL_MODE = WAL
SQLITE_TIMEOUT = 60000

[security]
INSTALL_LOCK = true
SECRET_KEY = ${randomBytes(32).toString("hex")}
PASSWORD_HASH_ALGO = pbkdf2_v2

[service]
DISABLE_REGISTRATION = true

[queue.push_update]
TYPE = immediate

[log]
LEVEL = Warn
`;
}
