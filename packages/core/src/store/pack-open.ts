/** Opens a pack: reads its end, checks it, and takes the entries of a small one into memory. */
import {
  checkOf,
  damagedPack,
  entriesAt,
  fanBitsFor,
  fanBytes,
  fileBytes,
  headerBytes,
  parseTrailer,
  tableEntryBytes,
  trailerBytes,
  type Trailer,
} from "./pack-format.js";
import { Pack, smallPack, toWords, type PackContext } from "./pack.js";

/** Bytes read at the end of a pack to open it: the whole index of a few hundred blocks. */
const suffixBytes = 8192;

/** Opens a pack by its last bytes; `undefined` when nothing is at the name. Throws corrupt-block when it is not a whole pack. */
export async function openPack(context: PackContext, name: string): Promise<Pack | undefined> {
  const suffix = await context.drive.read(name, { start: -suffixBytes });
  if (!suffix) return undefined;
  const trailer = parseTrailer(context.platform, suffix.subarray(Math.max(0, suffix.length - trailerBytes)), name);
  const isSmall = trailer.blocks <= smallPack;
  const end = isSmall ? fileBytes(trailer) - trailerBytes : entriesAt(trailer);
  if (trailer.fanBits !== fanBitsFor(trailer.blocks)) throw damagedPack(name, "its fan-out does not fit its blocks");
  const from = fileBytes(trailer) - suffix.length;
  const head =
    from <= trailer.tableAt
      ? suffix.subarray(trailer.tableAt - from, end - from)
      : await context.drive.read(name, { start: trailer.tableAt, end });
  if (!head) return undefined;
  if (head.length !== end - trailer.tableAt) throw damagedPack(name, "it is cut off");
  const dictionary = trailer.hasDictionary ? await readDictionary(context, name, trailer, head) : undefined;
  return fromHead(context, name, trailer, head, isSmall, dictionary);
}

/** The first frame. */
async function readDictionary(
  context: PackContext,
  name: string,
  trailer: Trailer,
  table: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (trailer.frames === 0) return undefined;
  const length = new DataView(table.buffer, table.byteOffset, table.length).getUint32(0, true);
  return context.drive.read(name, { start: headerBytes, end: headerBytes + length });
}

function fromHead(
  context: PackContext,
  name: string,
  trailer: Trailer,
  head: Uint8Array,
  isSmall: boolean,
  dictionary: Uint8Array | undefined,
): Pack {
  if (isSmall && !checkOf(context.platform, head).every((byte, i) => byte === trailer.check[i]))
    throw damagedPack(name, "its index does not match its check");
  const fanAt = trailer.frames * tableEntryBytes;
  const fanEnd = fanAt + fanBytes(trailer.fanBits);
  const fan = toWords(head.subarray(fanAt, fanEnd));
  const entries = isSmall ? toWords(head.subarray(fanEnd)) : undefined;
  return new Pack(context, name, trailer, head.subarray(0, fanAt), fan, entries, dictionary);
}
