/** Who and when, as git writes it: `Ada Lovelace <ada@example.org> 1700000000 +0130`. */
import { fromUtf8, type Signature } from "@sheaf/core";

const form = /^(?:(.*) )?<([^<>]*)> (\d{1,15}) ([+-])(\d{2})(\d{2})$/s;

/** Prints a signature. */
export function printSignature({ name, email, time, zone }: Signature): string {
  const minutes = Math.abs(zone);
  const digits = (count: number) => String(count).padStart(2, "0");
  const printedZone = `${zone < 0 ? "-" : "+"}${digits(Math.floor(minutes / 60))}${digits(minutes % 60)}`;
  return `${name} <${email}> ${time} ${printedZone}`;
}

/**
 * Reads a signature; `undefined` when it is not UTF-8 or of another form.
 *
 * Not all that is read prints back the same: `-0000`, minutes from 60 on, digits with zeros in front.
 */
export function parseSignature(value: Uint8Array): Signature | undefined {
  let text: string;
  try {
    text = fromUtf8(value);
  } catch {
    return undefined;
  }
  const parts = form.exec(text);
  if (!parts) return undefined;
  const [, name = "", email, time, sign, hours, minutes] = parts;
  if (/[<>\0\r\n]/.test(name) || /[\0\r\n]/.test(email)) return undefined;
  const zone = Number(hours) * 60 + Number(minutes);
  return { name, email, time: Number(time), zone: sign === "-" && zone > 0 ? -zone : zone };
}
