// The heads of CBOR values.

/** Where the head that {@link size} read ends; 0 when it is not canonical. */
export let next: usize = 0;

/** Reads the head at `p`: gives its number, and leaves in `next` where it ends. */
export function size(p: usize): u64 {
  const info = load<u8>(p) & 31;
  if (info < 24) {
    next = p + 1;
    return info;
  }
  next = 0;
  if (info == 24) {
    const n = load<u8>(p + 1);
    if (n >= 24) next = p + 2;
    return n;
  }
  if (info == 25) {
    const n = bswap<u16>(load<u16>(p + 1));
    if (n >= 0x100) next = p + 3;
    return n;
  }
  if (info == 26) {
    const n = bswap<u32>(load<u32>(p + 1));
    if (n >= 0x10000) next = p + 5;
    return n;
  }
  if (info > 27) return 0;
  const n = bswap<u64>(load<u64>(p + 1));
  if (n >= 0x100000000) next = p + 9;
  return n;
}
