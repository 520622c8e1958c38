/** Servers in processes of their own: `sheaf serve`, and plain node:http with the same answers. */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The file that `sheaf` runs. */
export const program = fileURLToPath(import.meta.resolve("sheaf")).replace(/dist\/index\.js$/, "bin/sheaf.cjs");

export interface Served {
  readonly url: string;
  /** Bytes that the process holds in memory now; 0 where the system does not tell. */
  memory(): number;
  stop(): Promise<void>;
}

/** Begins `sheaf serve` on a repository, at any free port of this machine. */
export function serveSheaf(folder: string): Promise<Served> {
  return begin([program, "-C", folder, "serve", "--port", "0", "--no-log", "--json"]);
}

/** Begins a plain server that answers GET with what stands in the file, and anything else, once it came in whole, with `{}`. */
export function servePlain(file: string): Promise<Served> {
  const script = `
    const answer = require("fs").readFileSync(${JSON.stringify(file)});
    require("http").createServer((request, response) => {
      const end = body => { response.writeHead(200, { "content-type": "application/json", "content-length": body.length }); response.end(body); };
      if (request.method === "GET") return end(answer);
      request.resume().on("end", () => end(Buffer.from("{}\\n")));
    }).listen(0, "127.0.0.1", function () { console.log(JSON.stringify({ url: "http://127.0.0.1:" + this.address().port })); });`;
  return begin(["-e", script]);
}

async function begin(args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("exit", code => reject(new Error(`the server ended with ${code}`)));
  });
  const { url } = JSON.parse(line) as { url: string };
  return { url, memory: () => residentBytes(child.pid), stop: () => stop(child) };
}

function residentBytes(pid: number | undefined): number {
  try {
    const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
