/** Where credentials for git hosts come from on Node: the URL, the environment, git's own helpers. None is ever stored or printed by Sheaf. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { CredentialSource } from "../transport/credentials.js";
import type { Credentials } from "../transport/url.js";

/** The user's name that hosts take beside a token. */
const tokenUser = "x-access-token";

/** The credentials that stand in the URL. */
export function fromUrl(credentials: Credentials): CredentialSource {
  return { find: async () => credentials };
}

/** SHEAF_GIT_TOKEN, or SHEAF_GIT_USERNAME and SHEAF_GIT_PASSWORD; a name may stand with a token too. */
export function fromEnvironment(environment: NodeJS.ProcessEnv): CredentialSource {
  return {
    find: async () => {
      const username = environment["SHEAF_GIT_USERNAME"];
      const password = environment["SHEAF_GIT_TOKEN"] ?? environment["SHEAF_GIT_PASSWORD"];
      if (password === undefined || password === "") return undefined;
      return { username: username ?? tokenUser, password };
    },
  };
}

/** Git's credential helpers, asked as git asks them, for this user where one is given; git itself asks people, where there is a terminal. */
export function fromGit(environment: NodeJS.ProcessEnv, mayAsk: boolean, user = ""): CredentialSource {
  const env = mayAsk ? environment : { ...environment, GIT_TERMINAL_PROMPT: "0" };
  return {
    find: async url => {
      const named = user === "" ? "" : `username=${user.replace(/[\n\0]/g, "")}\n`;
      const answer = await credential("fill", `${describe(url)}${named}`, env);
      const fields = new Map(
        answer.split("\n").map(line => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
      );
      const username = fields.get("username");
      const password = fields.get("password");
      return username !== undefined && password !== undefined ? { username, password } : undefined;
    },
    settle: async (url, { username, password }, wereTaken) => {
      const input = `${describe(url)}username=${username}\npassword=${password}\n`;
      await credential(wereTaken ? "approve" : "reject", input, env);
    },
  };
}

function describe(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `protocol=${protocol.slice(0, -1)}\nhost=${host}\npath=${decodeURIComponent(pathname)
    .slice(1)
    .replace(/[\n\0]/g, "")}\n`;
}

/** What git answers; nothing when it is not installed or knows none. */
async function credential(verb: "fill" | "approve" | "reject", input: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn("git", ["credential", verb], { env, stdio: ["pipe", "pipe", "ignore"], windowsHide: true });
  let answer = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (answer += text));
  child.stdin.on("error", () => {});
  child.stdin.end(`${input}\n`);
  try {
    const [status] = (await once(child, "close")) as [number];
    return status === 0 ? answer : "";
  } catch {
    return "";
  }
}
