/**
 * The main job of Sheaf on real data, step by step, each with the command that a person would type.
 *
 * The data is the IANA language subtag registry as two releases of one npm package hold it. Runs in a new folder, whose path is printed at the end. Fails when a
 * step does not do what is told of it.
 */
import { createRequire } from "node:module";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { base, git, goTo, same, say, sheaf } from "./quickstart/desk.mjs";

const require = createRequire(import.meta.url);
const key = "--key Type --key Subtag --key Tag";
const folder = goTo("evals");

prepareData();
versions();
share();
say(`All of it is in ${base}. Go on from here, for example with:`);
process.stdout.write(`\n  npx sheaf -C ${folder} show notes\n  npx sheaf --help\n`);

function prepareData() {
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
  const spoken = [{ op: "add", path: "/items/language~1ab/Comments", value: ["Spoken in Abkhazia"] }];
  writeFileSync(join(folder, "abkhazian.json"), `${JSON.stringify(spoken, null, 2)}\n`);
}

/** Versions, branches and a merge in one repository. */
function versions() {
  say("Two releases of the IANA language subtag registry, about 9,200 rows each. Make a repository for them:");
  sheaf("init");
  say("Import the old release. The fields Type, Subtag and Tag make each row's id:");
  sheaf(`import subtags registry-2022.json ${key} -m "registry of 2022"`, { tells: /9,\d{3} added/ });
  sheaf("rows subtags --limit 3");
  say("Name this version, and begin a branch for notes of our own:");
  sheaf("tag v2022");
  sheaf("switch -c notes");
  say("Edit three rows there, by a JSON Patch:");
  sheaf('patch subtags notes.json -m "notes on three languages"');
  sheaf("diff main notes", { tells: /Danakil/ });
  say("Meanwhile the new release arrives on main:");
  sheaf("switch main");
  sheaf(`import subtags registry-2025.json ${key} -m "registry of 2025"`);
  say("Merge the notes into it. Both sides changed the same rows, in different fields:");
  sheaf('merge notes -m "notes, on the registry of 2025"');
  sheaf("get subtags language/sa", { tells: /Classical language/ });
  say("What is different from the tag now: counts, and a few rows field by field:");
  sheaf("diff v2022 main --stat");
  sheaf("diff v2022 main", { show: lines => changedRows(lines, 4) });
  sheaf("log --oneline");
  say("Export both versions:");
  sheaf("export subtags subtags-2022.json --at v2022");
  sheaf("export subtags subtags-merged.jsonl");
  sheaf("verify");
}

/** A git host between Ada, who uses Sheaf, and Bo, who has only git and an editor. */
function share() {
  const file = "subtags/rows/0.jsonl";
  say("Share it. Any git repository will do; here it is a bare one on this disk:");
  git("init --quiet --bare --initial-branch=main ../host.git");
  sheaf("remote add origin ../host.git");
  sheaf("push -u origin main v2022", { tells: /main/ });
  say("What is there now, as plain git shows it: the same history, and rows that anyone can read:");
  git("-C ../host.git log --oneline --decorate main", { tells: /registry of 2022/ });
  git("-C ../host.git ls-tree -r --name-only main", { show: lines => firstLines(lines, 6), tells: /^sheaf\.json$/m });
  git(`-C ../host.git show main:${file}`, { show: lines => firstLines(lines, 3), tells: /^\{"@id":/ });

  say("Bo has only git. He clones it, corrects one line in an editor, and pushes:");
  goTo(".");
  git("clone --quiet host.git bo");
  goTo("bo");
  editLine(join(base, "bo", file), "Abkhazian", "Abkhazian (Abkhaz)");
  git("diff --unified=0 --word-diff --word-diff-regex=[A-Za-z]+", {
    show: lines => lines.slice(-1).map(line => cut(line)),
    tells: /Abkhaz/,
  });
  git('-c user.name=Bo -c user.email=bo@example.org commit --quiet --all -m "Abkhaz is its other name"');
  git("push --quiet");

  say("Meanwhile Ada edits another field of that row. Her push is refused, for Bo was first; she pulls, which merges:");
  goTo("evals");
  sheaf('patch subtags abkhazian.json -m "where Abkhazian is spoken"');
  sheaf("push", { status: 4, tells: /sheaf pull/ });
  sheaf("pull");
  sheaf("get subtags language/ab", { tells: /Abkhaz\)[^]*Spoken in Abkhazia|Spoken in Abkhazia[^]*Abkhaz\)/ });
  sheaf("push");

  say("Bo gets her edit by git, and Cy clones it all with Sheaf:");
  goTo("bo");
  git("pull --quiet");
  git('grep --only-matching "Spoken in Abkhazia" -- subtags', { tells: /Spoken in Abkhazia/ });
  goTo(".");
  sheaf("clone host.git cy");
  say(
    "Ada and Cy hold the same commits, CID for CID: also Bo's, which was made with git, and hers, which Cy got by way of git:",
  );
  goTo("evals");
  const ada = sheaf("log --oneline -n 4", { tells: /Abkhaz is its other name/ });
  goTo("cy");
  const cy = sheaf("log --oneline -n 4");
  same("what Ada and Cy hold", ...[ada, cy].map(text => text.match(/^\w+/gm)?.join("\n")));
  sheaf("verify");
}

/** What one does in an editor. */
function editLine(file, before, after) {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(`"${before}"`, `"${after}"`));
}

function firstLines(lines, count) {
  const more = lines.length - count;
  return [...lines.slice(0, count).map(line => cut(line)), ...(more > 0 ? [`… (${more} more lines)`] : [])];
}

function cut(line) {
  return line.length > 150 ? `${line.slice(0, 150)}…` : line;
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
