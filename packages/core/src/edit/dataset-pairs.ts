/** Which dataset of one snapshot is which of another: by id, which survives renames, and where the id is new, by path. */
import type { BlockReader } from "../block/blocks.js";
import { decodeDataset } from "../dataset/dataset.js";
import { linkedDigest } from "../dataset/row.js";
import type { PlacedDataset } from "../history/trace.js";
import { fromUtf8 } from "../text.js";

/** Reads the datasets behind entries of a snapshot's tree, all at once; entries without a value are left out. */
export async function readPlaced(
  reader: BlockReader,
  entries: readonly { readonly key: Uint8Array; readonly value: Uint8Array | undefined }[],
): Promise<PlacedDataset[]> {
  const links = entries.flatMap(({ key, value }) =>
    value ? { path: fromUtf8(key), digest: linkedDigest(value).slice() } : [],
  );
  const blocks = await reader.loadMany(links.map(({ digest }) => digest));
  return links.map((link, i) => ({ ...link, block: decodeDataset(blocks[i]) }));
}

/**
 * Pairs up datasets: same id (at the same path first, should an id occur twice), then same path. Each has one partner at most.
 *
 * The two lists need to hold only what differs between the snapshots. Symmetric.
 */
export function pairDatasets(
  left: readonly PlacedDataset[],
  right: readonly PlacedDataset[],
): Map<PlacedDataset, PlacedDataset> {
  const pairs = new Map<PlacedDataset, PlacedDataset>();
  const free = new Set(right);
  const pairBy = (name: (dataset: PlacedDataset) => string) => {
    const byName = new Map<string, PlacedDataset[]>();
    for (const dataset of free) byName.set(name(dataset), [...(byName.get(name(dataset)) ?? []), dataset]);
    for (const dataset of left) {
      const partner = pairs.has(dataset) ? undefined : byName.get(name(dataset))?.shift();
      if (!partner) continue;
      pairs.set(dataset, partner);
      free.delete(partner);
    }
  };
  pairBy(({ block, path }) => `${block.id}/${path}`);
  pairBy(({ block }) => block.id);
  pairBy(({ path }) => path);
  return pairs;
}
