// Loads the command line from its bundle: one script, compiled when it was built, so that a small command spends its time on its work.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const file = path.join(__dirname, "../bundle/sheaf.cjs");
/** What V8 made of the script: it takes it only when it is of this very V8 and made with its flags, and compiles the text otherwise. */
const compiled = path.join(__dirname, "../bundle/sheaf.compiled");

/** Runs the bundle; gives what it exports, and the script, of which more is compiled the more of it has run. */
function load() {
  // Every character is one byte: the bundle is written so.
  const text = fs.readFileSync(file, "latin1");
  const script = new vm.Script(`(function (exports, require, __filename, __dirname) {${text}\n})`, {
    filename: file,
    cachedData: readIfThere(compiled),
  });
  const exports = {};
  script.runInThisContext()(exports, require, file, path.join(file, ".."));
  return { exports, script };
}

function readIfThere(name) {
  try {
    return fs.readFileSync(name);
  } catch {
    return undefined;
  }
}

module.exports = { compiled, load };
