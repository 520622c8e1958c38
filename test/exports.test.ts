/**
 * The public names of every package. A name that comes or goes is a deliberate change: look at the difference, then run
 * `npx vitest run test/exports -u` and say it in docs/CHANGELOG.md.
 */
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { entriesOf, exportedNames } from "./code-base/exports.js";

const packages = fileURLToPath(new URL("../packages", import.meta.url));

/** The names of each entry of a package. */
function publicNames(name: string): Record<string, string[]> {
  return Object.fromEntries([...entriesOf(join(packages, name))].map(([entry, file]) => [entry, exportedNames(file)]));
}

test("every package is listed here", () => {
  const named = readdirSync(packages).filter(name => existsSync(join(packages, name, "package.json")));
  expect(named).toEqual(["bench", "cli", "core", "drives", "formats", "git", "server", "sheaf"]);
});

test("bench is for nobody", () => expect(publicNames("bench")).toEqual({}));

test("cli", () => {
  expect(publicNames("cli")).toMatchInlineSnapshot(`
    {
      "@sheaf/cli": [
        "Io",
        "OpenOptions",
        "ReadOptions",
        "Sink",
        "Source",
        "WriteOptions",
        "exportBytes",
        "formatOf",
        "importSource",
        "openFolder",
        "openSource",
        "processIo",
        "run",
        "writeFileWhole",
      ],
      "@sheaf/cli/run": [
        "Io",
        "Sink",
        "processIo",
        "run",
      ],
    }
  `);
});

test("core", () => {
  expect(publicNames("core")).toMatchInlineSnapshot(`
    {
      "@sheaf/core": [
        "Awaitable",
        "Beside",
        "BlameInfo",
        "BlockCodec",
        "BlockReader",
        "BlockWriter",
        "Blocks",
        "BranchInfo",
        "Change",
        "Choice",
        "Cid",
        "CloneOptions",
        "Codec",
        "Commit",
        "CommitInfo",
        "CommitOptions",
        "Committed",
        "Conflict",
        "Connect",
        "Dataset",
        "DatasetBlock",
        "DatasetId",
        "DatasetInfo",
        "DatasetVersion",
        "DiffOptions",
        "DiffStat",
        "Difference",
        "Digest",
        "Drive",
        "DriveRemoteOptions",
        "ErrorCode",
        "ErrorData",
        "Exchange",
        "FetchOptions",
        "FetchResult",
        "Fetched",
        "FetchedRef",
        "FieldBlame",
        "Float",
        "ImportMode",
        "ImportOptions",
        "Imported",
        "InsertOptions",
        "Ipld",
        "ItemBatch",
        "LineEncoder",
        "LinePrinter",
        "Link",
        "Local",
        "MergeOptions",
        "MergeResult",
        "MergeState",
        "OpenOptions",
        "Operation",
        "PageOptions",
        "Person",
        "Place",
        "PlainOperation",
        "Platform",
        "Progress",
        "PullOptions",
        "PullResult",
        "PushOptions",
        "PushRefusal",
        "PushResult",
        "PushedRef",
        "RebaseResult",
        "RefOutcome",
        "RefUpdate",
        "ReflogEntry",
        "Remote",
        "RemoteAdded",
        "RemoteInfo",
        "RemoteRef",
        "RemoteRefs",
        "Repository",
        "Rev",
        "Row",
        "RowBatch",
        "RowLineBatch",
        "RowLineEncoder",
        "RowLineStripper",
        "RowsOptions",
        "SheafError",
        "Signature",
        "Snapshot",
        "Span",
        "Status",
        "StoredBatch",
        "StrippedLines",
        "Tag",
        "TagInfo",
        "Traffic",
        "TreeBuilder",
        "TreeChange",
        "TreeDifference",
        "TreeEntry",
        "Upstream",
        "Value",
        "ValueObject",
        "Watch",
        "WireOptions",
        "applyPatch",
        "atPlace",
        "badInput",
        "bareMessage",
        "blockType",
        "checkDriveName",
        "clip",
        "codecs",
        "compareBytes",
        "compareText",
        "count",
        "dagCbor",
        "datasetIdOf",
        "decode",
        "decodeCommit",
        "decodeDataset",
        "decodeItem",
        "decodeSnapshot",
        "decodeTag",
        "diffChunks",
        "diffTrees",
        "diffValues",
        "diffWords",
        "editTree",
        "encode",
        "encodeCommit",
        "encodeDataset",
        "encodeItem",
        "encodeSnapshot",
        "encodeTag",
        "entries",
        "fieldOf",
        "fromBlockForm",
        "fromUtf8",
        "fromView",
        "get",
        "hashKey",
        "isDriveName",
        "isObject",
        "isSheafError",
        "leavesFrom",
        "linkValue",
        "linkedDigest",
        "maxLineBytes",
        "openDriveRemote",
        "parseCid",
        "parseJson",
        "parsePatch",
        "parsePointer",
        "pointer",
        "printCid",
        "printItem",
        "printJson",
        "printPlace",
        "printPointer",
        "raw",
        "renameKeys",
        "requireItem",
        "rowKey",
        "rowNames",
        "sameDigest",
        "sameValue",
        "setKey",
        "splitRowKey",
        "textValue",
        "toBlockForm",
        "unescapeKey",
        "utf8",
        "view",
        "viewRow",
      ],
      "@sheaf/core/testing": [
        "BlockCounts",
        "CountingDrive",
        "DrawnCommit",
        "DriveCounts",
        "Fault",
        "FaultyDrive",
        "MemoryBlocks",
        "OpenDrive",
        "PlainDataset",
        "PlainFile",
        "PlainRow",
        "PlainSnapshot",
        "awkwardKeys",
        "drawHistory",
        "driveContract",
        "faults",
        "objects",
        "parseDrawing",
        "patchedDocument",
        "plainDataset",
        "plainOf",
        "plainSnapshotOf",
        "plainSnapshots",
        "putDataset",
        "putSnapshot",
        "putTree",
        "snapshotChanges",
        "values",
      ],
    }
  `);
});

test("drives", () => {
  expect(publicNames("drives")).toMatchInlineSnapshot(`
    {
      "@sheaf/drives/folder": [
        "FolderDrive",
        "FolderOptions",
      ],
      "@sheaf/drives/memory": [
        "MemoryDrive",
      ],
      "@sheaf/drives/node": [
        "nodePlatform",
      ],
    }
  `);
});

test("formats", () => {
  expect(publicNames("formats")).toMatchInlineSnapshot(`
    {
      "@sheaf/formats": [
        "Format",
        "ParseOptions",
        "Parsed",
        "PrintBatch",
        "PrintOptions",
        "RowBatch",
        "Source",
        "columnsOf",
        "detect",
        "detectBytes",
        "formats",
        "gather",
        "parse",
        "print",
      ],
    }
  `);
});

test("git", () => {
  expect(publicNames("git")).toMatchInlineSnapshot(`
    {
      "@sheaf/git": [
        "GitObject",
        "GitPlatform",
        "Likeness",
        "ObjectSink",
        "ObjectSource",
        "ObjectType",
        "Oid",
      ],
      "@sheaf/git/node": [
        "nodeGitPlatform",
      ],
    }
  `);
});

test("server", () => {
  expect(publicNames("server")).toMatchInlineSnapshot(`
    {
      "@sheaf/server": [
        "About",
        "Admit",
        "Answered",
        "App",
        "AppOptions",
        "Caller",
        "HttpError",
        "Limits",
        "Need",
        "Route",
        "Scope",
        "datasetRoutes",
        "defaultLimits",
        "makeApp",
        "openApi",
      ],
    }
  `);
});

test("sheaf", () => {
  expect(publicNames("sheaf")).toMatchInlineSnapshot(`
    {
      "sheaf": [
        "Beside",
        "BlameInfo",
        "BranchInfo",
        "Change",
        "Choice",
        "Cid",
        "CommitInfo",
        "CommitOptions",
        "Committed",
        "Conflict",
        "Dataset",
        "DatasetInfo",
        "DatasetVersion",
        "DiffOptions",
        "DiffStat",
        "Difference",
        "ErrorCode",
        "ErrorData",
        "ExportOptions",
        "Float",
        "ImportFileOptions",
        "ImportMode",
        "ImportOptions",
        "Imported",
        "InsertOptions",
        "MergeOptions",
        "MergeResult",
        "MergeState",
        "OpenOptions",
        "Operation",
        "PageOptions",
        "Person",
        "Place",
        "PlainOperation",
        "Progress",
        "ReflogEntry",
        "Repository",
        "Rev",
        "Row",
        "RowsOptions",
        "SheafError",
        "Signature",
        "Status",
        "StoredBatch",
        "TagInfo",
        "Value",
        "ValueObject",
        "Watch",
        "exportFile",
        "importFile",
        "isSheafError",
      ],
      "sheaf/memory": [
        "Beside",
        "BlameInfo",
        "BranchInfo",
        "Change",
        "Choice",
        "Cid",
        "CommitInfo",
        "CommitOptions",
        "Committed",
        "Conflict",
        "Dataset",
        "DatasetInfo",
        "DatasetVersion",
        "DiffOptions",
        "DiffStat",
        "Difference",
        "ErrorCode",
        "ErrorData",
        "Float",
        "ImportMode",
        "ImportOptions",
        "Imported",
        "InsertOptions",
        "MemoryDrive",
        "MergeOptions",
        "MergeResult",
        "MergeState",
        "OpenOptions",
        "Operation",
        "PageOptions",
        "Person",
        "Place",
        "PlainOperation",
        "Progress",
        "ReflogEntry",
        "Repository",
        "Rev",
        "Row",
        "RowsOptions",
        "SheafError",
        "Signature",
        "Status",
        "StoredBatch",
        "TagInfo",
        "Value",
        "ValueObject",
        "Watch",
        "isSheafError",
      ],
    }
  `);
});

test("names are found in every way of exporting", () => {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-exports-"));
  writeFileSync(join(folder, "b.ts"), "export const deep = 1;\nconst hidden = 2;\n");
  writeFileSync(
    join(folder, "a.ts"),
    `export * from "./b.js"; export * as all from "./b.js"; export { deep as shallow, type T } from "./b.js";
     export const x = 1, y = 2; export function f() {} export class C {} export interface I {} export type U = 1; const z = 3;
     export default z;`,
  );
  expect(exportedNames(join(folder, "a.ts")).join(" ")).toBe("C I T U all deep default f shallow x y");
});
