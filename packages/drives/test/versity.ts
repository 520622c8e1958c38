/**
 * A real S3 server for tests: the Versity S3 gateway over a folder, built from its source by Go and started on a free port of the loopback.
 *
 * Built once into `node_modules/.cache`, which takes some minutes; the version is pinned, and Go's checksum database vouches for the source. Throws, and
 * so fails what needs it, when Go is missing or the build fails.
 */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onFreePort, stop, untilUp } from "./program.js";

const version = "v1.8.0";
const source = `github.com/versity/versitygw/cmd/versitygw@${version}`;
const cache = join(import.meta.dirname, "../../../node_modules/.cache/sheaf-servers");

export interface BucketServer {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** A bucket that is there and empty. */
  readonly bucket: string;
  readonly region: string;
  close(): Promise<void>;
}

/** Starts a server of its own with one empty bucket. */
export function startVersity(): Promise<BucketServer> {
  const program = build();
  return onFreePort(port => startAt(port, program));
}

async function startAt(port: number, program: string): Promise<BucketServer> {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-versity-"));
  const bucket = "datasets";
  // Metadata beside the files: not every file system has attributes for them.
  const [files, metadata] = [join(folder, "files"), join(folder, "metadata")];
  mkdirSync(join(files, bucket), { recursive: true });
  mkdirSync(metadata);
  const access = { accessKeyId: "tester", secretAccessKey: randomBytes(16).toString("hex"), region: "us-east-1" };
  const options = [
    "--port",
    `127.0.0.1:${port}`,
    "--region",
    access.region,
    "--keep-alive",
    "--quiet",
    "posix",
    "--sidecar",
    metadata,
    files,
  ];
  const env = {
    PATH: process.env["PATH"],
    ROOT_ACCESS_KEY: access.accessKeyId,
    ROOT_SECRET_KEY: access.secretAccessKey,
  };
  const child = spawn(program, options, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", data => (said += String(data)));
  const endpoint = `http://127.0.0.1:${port}`;
  await untilUp(endpoint, child, () => said);
  const close = async () => {
    await stop(child);
    rmSync(folder, { recursive: true, force: true });
  };
  return { endpoint, bucket, ...access, close };
}

/** The path of the program, built if need be. */
function build(): string {
  const program = join(cache, `versitygw-${version}`);
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "build-"));
  const env = { ...process.env, GOBIN: folder, GOFLAGS: "", CGO_ENABLED: "0" };
  const { status, error, stderr } = spawnSync("go", ["install", "-trimpath", source], { env, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`the S3 server cannot be built; these tests need Go 1.25 or newer: ${error?.message ?? stderr}`);
  renameSync(join(folder, "versitygw"), program);
  rmSync(folder, { recursive: true, force: true });
  return program;
}
