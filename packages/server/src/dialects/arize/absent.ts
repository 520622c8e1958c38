/** What Arize AX has beside datasets and is not kept here: said to people whose programs call it. */

const keep = "Sheaf keeps datasets with their experiments, annotation configs and spaces";

/** By the first step of a path behind the version. */
const words: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["prompts", "prompt-versions", "evaluators", "evaluator-versions"].map(what => [
      what,
      `${keep}, and no ${what}: keep them in your program or its repository`,
    ]),
  ),
  ...Object.fromEntries(
    ["projects", "spans", "traces"].map(what => [
      what,
      `${keep}, and no ${what}: add what is worth keeping of them to a dataset as examples`,
    ]),
  ),
  ...Object.fromEntries(
    ["organizations", "users", "roles", "role-bindings", "api-keys"].map(what => [
      what,
      `${keep}, and no ${what}: the server's tokens say who may do what`,
    ]),
  ),
  tasks: `${keep}, and no tasks: run your program over the examples, and make an experiment of what comes out`,
  "annotation-queues": `${keep}, and no queues: annotate the examples themselves`,
};

/** Says of a path below the base URL why there is nothing, if Arize has something there. */
export function absence(path: string): string | undefined {
  const [, first = ""] = /^\/v2\/([a-z-]+)(?:[/?]|$)/.exec(path) ?? [];
  return Object.hasOwn(words, first) ? words[first] : undefined;
}
