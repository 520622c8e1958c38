/** Numbers for people: counts, bytes, times. */

/** `1,234,567`. */
export function grouped(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 row`, `2,000 rows`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `640 B`, `1.5 KiB`, `320 MiB`. */
export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, count)) / 10)));
  const value = count / 1024 ** unit;
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `850 k`, `1.2 M`: a count that changes too fast to be read in full. */
export function rough(count: number): string {
  if (count < 10_000) return grouped(count);
  return count < 1_000_000 ? `${Math.round(count / 1000)} k` : `${(count / 1_000_000).toFixed(1)} M`;
}

/** `8 s`, `2 min 5 s`, `1 h 20 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `2024-03-01 14:05:09 +0100`: a moment in seconds since 1970, in a zone of so many minutes east of UTC. */
export function moment(time: number, zone = 0): string {
  const date = new Date((time + zone * 60) * 1000);
  const local = Number.isNaN(date.getTime()) ? `@${time}` : date.toISOString().slice(0, 19).replace("T", " ");
  const minutes = Math.abs(zone);
  return `${local} ${zone < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

function two(count: number): string {
  return count.toString().padStart(2, "0");
}

/** A sentence with its CIDs as short as lines have them. */
export function withShortCids(sentence: string): string {
  return sentence.replace(/\bb[a-z2-7]{58}\b/g, shortCid);
}

/** A CID short enough for a line; its first 16 characters are a valid prefix in any command. */
export function shortCid(cid: string): string {
  return cid.slice(0, 16);
}
