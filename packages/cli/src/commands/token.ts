/** `sheaf token`. */
import type { Token } from "@sheaf/server";
import type { Cli } from "../cli.js";
import { examples, many, Option, type Define } from "../parse.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";
import { UsageError } from "../usage.js";

interface Flags {
  email?: string;
  scope: Token["scope"];
  dataset?: string[];
  expires?: number;
}

export const define: Define = (command, cli) => {
  command.addHelpText(
    "after",
    "\nA token opens the server for whoever has its secret, which is shown once and kept nowhere. Commits made with it carry its name and e-mail.\nPrograms send it as Authorization: Bearer sheaf_…, git as the password.",
  );
  defineCreate(command, cli);
  defineList(command, cli);
  defineRevoke(command, cli);
  examples(
    command,
    ["sheaf token create Ada --email ada@example.org --scope write", "Make a token for a person"],
    ["sheaf token create bot --dataset 'safety/**' --expires 30d", "One that reads some datasets for a month"],
    ["sheaf token revoke 1a2b3c4d", "End a token"],
  );
};

const defineCreate: Define = (command, cli) => {
  const create = command.command("create <name>");
  create.description("Make a token for a person or a program, and print its secret.");
  create.option("--email <address>", "the author's e-mail in commits (default: <name>@localhost)");
  create.addOption(new Option("--scope <scope>", "what it may do").choices(["read", "write", "admin"]).default("read"));
  create.option(
    "--dataset <pattern>",
    "only for datasets like this (qa, safety/*, team/**); may be given several times",
    many,
  );
  create.option("--expires <time>", "when it ends: 12h, 30d, or a date such as 2027-01-31", parseExpiry);
  create.action(async (name: string, { email, scope, dataset, expires }: Flags) => {
    const { createToken } = await import("@sheaf/server");
    const wish = { name, email: email ?? `${name.replace(/[\s<>]+/g, ".").toLowerCase()}@localhost`, scope };
    const { token, secret } = await createToken((await cli.repository()).local(), {
      ...wish,
      ...(dataset && { datasets: dataset }),
      ...(expires === undefined ? {} : { expires: Date.now() + expires }),
    });
    if (cli.json) return void (await cli.line(record({ ...members(token), secret })));
    await cli.line(secret);
    cli.say(`token ${token.id} of ${visible(name)}; keep the secret, it is not shown again`);
  });
};

const defineList: Define = (command, cli) => {
  const list = command.command("list");
  list.description("List the tokens that are not revoked.");
  list.action(async () => {
    const { listTokens } = await import("@sheaf/server");
    for (const token of await listTokens((await cli.repository()).local()))
      await cli.line(cli.json ? record(members(token)) : sentence(cli, token));
  });
};

const defineRevoke: Define = (command, cli) => {
  const revoke = command.command("revoke <id>");
  revoke.description("End a token, by its id or the beginning of it.");
  revoke.action(async (id: string) => {
    const { revokeToken } = await import("@sheaf/server");
    const token = await revokeToken((await cli.repository()).local(), id);
    await cli.line(cli.json ? record(members(token)) : `revoked ${token.id} of ${visible(token.name)}`);
  });
};

function members({ id, name, email, scope, datasets, created, expires }: Token) {
  const date = (time: number) => new Date(time).toISOString();
  return {
    id,
    name,
    email,
    scope,
    ...(datasets && { datasets: [...datasets] }),
    created: date(created),
    ...(expires === undefined ? {} : { expires: date(expires) }),
  };
}

function sentence({ paint }: Cli, { id, name, email, scope, datasets, expires }: Token): string {
  const where = datasets ? ` ${datasets.map(visible).join(" ")}` : "";
  const end = expires === undefined ? "" : ` until ${new Date(expires).toISOString().slice(0, 16)}Z`;
  const isOver = expires !== undefined && expires <= Date.now();
  return `${paint.yellow(id)} ${scope}${where}  ${visible(name)} <${visible(email)}>${end}${isOver ? " (expired)" : ""}`;
}

const hour = 3_600_000;
const units = { h: hour, d: 24 * hour, w: 7 * 24 * hour };

/** Milliseconds from now. */
function parseExpiry(text: string): number {
  const [, number, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * units[unit as keyof typeof units];
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!(time > Date.now()))
    throw new UsageError(`--expires ${text}: give 12h, 30d, 4w, or a date to come such as 2027-01-31`);
  return time - Date.now();
}
