/** What Humanloop has beside datasets and is not kept here: each with what to do instead, for people whose programs call it. */

const keep = "Sheaf keeps datasets with their versions, deployments and directories";
const definition = (what: string) =>
  `${keep}, and no ${what}: keep their definitions in your program or its repository`;

/** By the first step of a path. */
const words: Readonly<Record<string, string>> = {
  prompts: `${definition("prompts")}, and call the model from there`,
  tools: `${definition("tools")}, and call them from there`,
  flows: `${definition("flows")}, and run them from there`,
  agents: `${definition("agents")}, and run them from there`,
  evaluators: `${definition("evaluators")}, and judge outputs there`,
  evaluations: `${keep}, and no evaluations: read the datapoints of a version (GET /datasets/{id}/datapoints), run your program over them, and add what comes out to a dataset (POST /datasets)`,
  logs: `${keep}, and no logs: add what is worth keeping of them to a dataset as datapoints (POST /datasets)`,
  import: `${keep}, and no traces: export them to a collector of your own`,
};

/** Says of a path below the base URL why there is nothing, if Humanloop has something there. */
export function absence(path: string): string | undefined {
  const [, first = ""] = /^\/?([a-z]+)(?:[/?]|$)/.exec(path) ?? [];
  return Object.hasOwn(words, first) ? words[first] : undefined;
}
