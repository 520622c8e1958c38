/** `sheaf init`. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { SheafError } from "@sheaf/core";
import { driveFolder, openFolder } from "../compose.js";
import { examples, type Define } from "../parse.js";
import { record } from "../record.js";

export const define: Define = (command, cli) => {
  command.argument("[dir]", "the folder (default: the current one); it is made when it is not there");
  examples(command, ["sheaf init evals", "Make a repository in the folder evals"]);
  command.action(async (dir: string | undefined) => {
    const folder = resolve(cli.io.cwd, cli.options.C ?? ".", dir ?? ".");
    if (existsSync(join(folder, driveFolder))) throw exists(folder);
    const repository = await openFolder(folder, { create: true, env: cli.io.env });
    const { branch } = await repository.head();
    const text = `made an empty repository in ${folder}${branch === undefined ? "" : `, on branch ${branch}`}`;
    await cli.line(cli.json ? record({ repository: folder, branch }) : text);
  });
};

function exists(folder: string): SheafError<"already-exists"> {
  const message = `${folder}: there is a repository here already; nothing was changed`;
  return new SheafError("already-exists", { kind: "repository", name: folder }, message);
}
