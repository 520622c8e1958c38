/**
 * What the engine offers: the repository and the shapes it speaks, and beneath it what formats, drives and faces are made of.
 *
 * People who use Sheaf import `sheaf`; this is for packages that stand beside it.
 */
export * from "./errors.js";
export * from "./platform.js";
export { printCid, parseCid, sameDigest, dagCbor, raw, type BlockCodec, type Cid, type Digest } from "./block/cid.js";
export type { BlockReader, Blocks, BlockWriter } from "./block/blocks.js";
export {
  decodeDataset,
  emptyDataset,
  encodeDataset,
  datasetIdOf,
  type DatasetBlock,
  type DatasetId,
} from "./dataset/dataset.js";
export { IdMaker } from "./dataset/made-id.js";
export { idFault, maxIdBytes, maxPathBytes } from "./dataset/path.js";
export { isPosition, manyBetween, maxPositionBytes, PositionSequence } from "./dataset/position.js";
export { linkedDigest, linkValue, rowKey, splitRowKey, textValue } from "./dataset/row.js";
export {
  blockType,
  decodeCommit,
  decodeTag,
  encodeCommit,
  encodeTag,
  type Commit,
  type Signature,
  type Tag,
} from "./history/commit.js";
export { difference, isAncestor } from "./history/ancestry.js";
export { decodeSnapshot, encodeSnapshot, type Snapshot } from "./history/snapshot.js";
export { emptyTree, TreeBuilder } from "./tree/builder.js";
export { diffChunks, diffTrees, type TreeDifference } from "./tree/diff.js";
export { editTree, type TreeChange } from "./tree/edit.js";
export { maxKeyBytes } from "./tree/node.js";
export { at, count, entries, get, leavesFrom, rank, type TreeEntry } from "./tree/read.js";
export { hashKey } from "./tree/split.js";
export { compareBytes, compareText, fromUtf8, joinBytes, utf8 } from "./text.js";
export { decode, encode, Link, type Ipld } from "./item/cbor.js";
export { fieldOf } from "./item/field.js";
export { parseJson, printJson } from "./item/json.js";
export type { ItemBatch } from "./item/batch.js";
export { encodeLines, LineEncoder, maxLineBytes, type EncodeLines, type LineOptions } from "./item/lines.js";
export { fromBlockForm, renameKeys, requireItem, toBlockForm, unescapeKey } from "./item/meta.js";
export { printPointer } from "./item/pointer.js";
export { LinePrinter } from "./item/printer.js";
export { decodeItem, encodeItem, rowNames } from "./item/reference.js";
export { RowLineEncoder, RowLineStripper, type RowLineBatch, type StrippedLines } from "./item/row-line.js";
export { printItem } from "./item/text.js";
export { Float, isObject, sameValue, setKey, type Value, type ValueObject } from "./item/value.js";
export { fromView, view, viewRow } from "./item/view.js";
export { DigestList } from "./import/rows.js";
export { KeyTable } from "./import/key-table.js";
export { longestRun } from "./import/longest-run.js";
export { changeRows, type RowChange, type RowState } from "./edit/row-edit.js";
export { lookUpPositions } from "./edit/row-lookup.js";
export { Tally } from "./import/tally.js";
export { applyPatch, matches as sameWorth, parsePatch, type Operation } from "./edit/patch.js";
export { parsePointer, pointer } from "./edit/pointer.js";
export { diffValues } from "./edit/item-diff.js";
export { diffWords } from "./edit/words.js";
export type { RowBatch } from "./import/row-batch.js";
export type * from "./repository/contract.js";
export type * from "./repository/remote-contract.js";
export { Dataset, type InsertOptions, type PlainOperation } from "./repository/dataset.js";
export { EditConflicts, type Edited, type EditOutcome, type EditRequest } from "./repository/edit-group.js";
export type { Exchange } from "./repository/exchange.js";
export type { Beside } from "./repository/beside.js";
export {
  PortionPrinter,
  type LineForm,
  type Portion,
  type PortionHelp,
  type PortionHelper,
  type PrintedPortion,
} from "./repository/portion.js";
export { withoutCredentials } from "./repository/remotes.js";
export { Repository, type OpenOptions } from "./repository/repository.js";
export type { RowLeaf } from "./repository/row-leaf.js";
export type { StoredBatch } from "./repository/stored-batch.js";
export { amended, Versions, type VersionInfo } from "./repository/versions.js";
export { DatasetVersion, type PageOptions } from "./repository/version.js";
export { packedShape, type PackShape } from "./store/pack-shape.js";
export type { Drive, Span } from "./store/drive.js";
export { checkDriveName, clip, isDriveName } from "./store/name.js";
export { openBundleRemote, type OpenBundle } from "./sync/bundle-remote.js";
export { openDriveRemote, type DriveRemoteOptions } from "./sync/drive-remote.js";
export { openServerRemote, type ServerWire, type WireRequest } from "./sync/server-remote.js";
export type * from "./sync/remote.js";
