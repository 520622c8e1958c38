/**
 * The main job of Sheaf on real data, step by step, each with the command that a person would type.
 *
 * The data is the IANA language subtag registry as two releases of one npm package hold it. Runs in a new folder, whose path is printed at the end.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "packages", "sheaf", "bin", "sheaf.js");
const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "sheaf-quickstart-"));
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const bold = text => (colour ? `\x1b[1m${text}\x1b[22m` : text);

copyFileSync(require.resolve("registry-old/data/json/registry.json"), join(folder, "registry-2022.json"));
copyFileSync(require.resolve("registry-new/data/json/registry.json"), join(folder, "registry-2025.json"));

// Fields that the new release leaves alone, on rows that it changes elsewhere: the merge has to go field by field.
const note = text => ({ op: "add", value: [text] });
const edits = [
  { path: "/items/language~1sa/Comments", ...note("Classical language of South Asia, still in use") },
  { path: "/items/language~1apc/Comments", ...note("Spoken in Syria, Lebanon, Jordan, Israel and Palestine") },
  { op: "replace", path: "/items/language~1aa/Description/0", value: "Afar, also called Danakil" },
];
writeFileSync(join(folder, "notes.json"), `${JSON.stringify(edits, null, 2)}\n`);

const key = "--key Type --key Subtag --key Tag";
say("Two releases of the IANA language subtag registry, about 9,200 rows each. Make a repository for them:");
sheaf("init");
say("Import the old release. The fields Type, Subtag and Tag make each row's id:");
sheaf(`import subtags registry-2022.json ${key} -m "registry of 2022"`);
sheaf("rows subtags --limit 3");
say("Name this version, and begin a branch for notes of our own:");
sheaf("tag v2022");
sheaf("switch -c notes");
say("Edit three rows there, by a JSON Patch:");
sheaf('patch subtags notes.json -m "notes on three languages"');
sheaf("diff main notes");
say("Meanwhile the new release arrives on main:");
sheaf("switch main");
sheaf(`import subtags registry-2025.json ${key} -m "registry of 2025"`);
say("Merge the notes into it. Both sides changed the same rows, in different fields:");
sheaf('merge notes -m "notes, on the registry of 2025"');
sheaf("get subtags language/sa");
say("What is different from the tag now: counts, and a few rows field by field:");
sheaf("diff v2022 main --stat");
sheaf("diff v2022 main", { show: lines => changedRows(lines, 4) });
sheaf("log --oneline");
say("Export both versions:");
sheaf("export subtags subtags-2022.json --at v2022");
sheaf("export subtags subtags-merged.jsonl");
sheaf("verify");
say(`All of it is in ${folder}. Go on from here, for example with:`);
process.stdout.write(`\n  npx sheaf -C ${folder} show notes\n  npx sheaf --help\n`);

function say(text) {
  process.stdout.write(`\n${bold(text)}\n`);
}

/** Runs one command as typed, shows it and what it prints, and ends the walk if it fails. `show` picks the lines to show. */
function sheaf(line, { show } = {}) {
  process.stdout.write(`\n$ sheaf ${line}\n`);
  const words = [...line.matchAll(/"([^"]*)"|\S+/g)].map(match => match[1] ?? match[0]);
  const piped = {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...(colour ? { FORCE_COLOR: "1" } : {}) },
  };
  const options = {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    ...(show ? piped : { stdio: ["ignore", "inherit", "inherit"] }),
  };
  const { status, stdout } = spawnSync(process.execPath, [bin, ...words], options);
  if (show) process.stdout.write(`${show(stdout.split("\n").slice(0, -1)).join("\n")}\n`);
  if (status !== 0) process.exit(status ?? 1);
}

/** The heading and the first rows that changed, with a word on how much is left out. */
function changedRows(lines, count) {
  const plain = lines.map(stripVTControlCharacters);
  const starts = plain.flatMap((line, i) => (line.startsWith("~ ") ? [i] : []));
  const shown = starts.slice(0, count).flatMap(start => {
    const end = plain.findIndex((line, i) => i > start && !line.startsWith("    "));
    return lines.slice(start, end < 0 ? lines.length : end);
  });
  return [lines[0], ...shown, `… (${lines.length - shown.length - 1} more lines)`];
}
