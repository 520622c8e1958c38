/** `sheaf init`. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { isSheafError, SheafError, type Repository } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { isBucket, openFolder } from "../compose.js";
import { examples, type Define } from "../parse.js";
import { driveFolder } from "../place.js";
import { record } from "../record.js";

export const define: Define = (command, cli) => {
  command.argument("[dir]", "the folder (default: the current one), made when it is not there, or s3://bucket/prefix");
  examples(command, ["sheaf init evals", "Make a repository in the folder evals"]);
  command.action(async (dir: string | undefined) => {
    const place = dir ?? cli.options.C ?? ".";
    const folder = isBucket(place) ? place : resolve(cli.io.cwd, cli.options.C ?? ".", dir ?? ".");
    const repository = isBucket(place) ? await makeInBucket(place, cli) : await makeInFolder(folder, cli);
    const { branch } = await repository.head();
    const text = `made an empty repository in ${folder}${branch === undefined ? "" : `, on branch ${branch}`}`;
    await cli.line(cli.json ? record({ repository: folder, branch }) : text);
  });
};

async function makeInFolder(folder: string, cli: Cli): Promise<Repository> {
  if (existsSync(join(folder, driveFolder))) throw exists(folder);
  return await openFolder(folder, { create: true, env: cli.io.env });
}

async function makeInBucket(url: string, cli: Cli): Promise<Repository> {
  const { openInBucket } = await import("../bucket.js");
  const isThere = await openInBucket(url, { env: cli.io.env }).then(
    () => true,
    (error: unknown) => {
      if (isSheafError(error, "no-such-repository")) return false;
      throw error;
    },
  );
  if (isThere) throw exists(url);
  return await openInBucket(url, { create: true, env: cli.io.env });
}

function exists(folder: string): SheafError<"already-exists"> {
  const message = `${folder}: there is a repository here already; nothing was changed`;
  return new SheafError("already-exists", { kind: "repository", name: folder }, message);
}
