/** `sheaf env`. */
import { SheafError, type Repository } from "@sheaf/core";
import { examples, type Define } from "../parse.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";
import { shortCid } from "../render/quantity.js";
import { UsageError } from "../usage.js";

export const define: Define = (command, cli) => {
  command
    .argument("<dataset>")
    .argument("[name]", "the environment, such as production; without it all are listed")
    .argument("[rev]", "the version that it is to have; without it its version is printed")
    .option("-d, --delete", "delete the environment");
  examples(
    command,
    ["sheaf env qa production v1", "Give the environment production of qa the version v1"],
    ["sheaf env qa", "List the environments of qa"],
  );
  command.action(
    async (dataset: string, name: string | undefined, rev: string | undefined, flags: { delete?: boolean }) => {
      const repository = await cli.repository();
      if (flags.delete && (name === undefined || rev !== undefined))
        throw new UsageError("--delete takes a dataset and one environment");
      if (name !== undefined && (rev !== undefined || flags.delete))
        await repository.setEnvironment(dataset, name, rev ?? null);
      if (name !== undefined && flags.delete)
        return void (await cli.line(
          cli.json ? record({ deleted: name }) : `deleted environment ${name} of ${dataset}`,
        ));
      for (const { name: environment, commit } of await chosen(repository, dataset, name))
        await cli.line(
          cli.json
            ? record({ dataset, environment, commit })
            : `${visible(environment)}  ${cli.paint.yellow(shortCid(commit))}`,
        );
    },
  );
};

async function chosen(repository: Repository, dataset: string, name: string | undefined) {
  const all = await repository.environments(dataset);
  const found = name === undefined ? all : all.filter(each => each.name === name);
  if (name !== undefined && found.length === 0)
    throw new SheafError(
      "no-such-ref",
      { ref: name },
      `dataset ${dataset} has no environment ${JSON.stringify(name)}; sheaf env ${dataset} lists them`,
    );
  return found;
}
