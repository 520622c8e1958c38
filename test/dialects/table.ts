/** The page of compatibility: the shape of each vendor's list, and how the page is printed. */
import type { Dialect } from "@sheaf/server";

/** What a list says of one operation. */
export interface OperationNote {
  /** The methods of the vendor's SDKs that call it, as a program writes them (`client.createDataset`). */
  readonly methods?: readonly string[];
  /** What it does otherwise than the vendor's own server; Markdown. Absent: nothing that we know of. */
  readonly differs?: string;
}

/** A vendor's list. */
export interface VendorTable {
  /** As the dialect is called. */
  readonly dialect: string;
  /** Such as `Galileo v2`. */
  readonly title: string;
  /** A page below docs/. */
  readonly guide: string;
  /** By operationId, in the order of the page. */
  readonly operations: Readonly<Record<string, OperationNote>>;
  /** What the vendor has and this server has not: what, and why. */
  readonly missing?: readonly { readonly what: string; readonly why: string }[];
}

/** What the tests of a file used with success. */
export interface Exercised {
  readonly vendor: string;
  readonly by: string;
  readonly operations: readonly string[];
}

const head = `# Compatibility

What the vendors' own SDKs find here, operation by operation. This page is made by \`test/dialects/compatibility.test.ts\` from the server's routes and from what
the tests saw: an operation works where a test called it and checked the answer. Tests with SDKs run the vendor's package, unchanged, over real HTTP;
recorded exchanges are the requests that SDKs send, asked again without a port.
`;

/** Prints the page. */
export function printCompatibility(
  tables: readonly VendorTable[],
  dialects: readonly Dialect[],
  exercised: readonly Exercised[],
): string {
  return [head, ...tables.map(table => section(table, dialects, exercised))].join("\n");
}

function section(table: VendorTable, dialects: readonly Dialect[], exercised: readonly Exercised[]): string {
  const dialect = dialects.find(({ name }) => name === table.dialect);
  const ours = ofVendor(exercised, table.dialect);
  const lines = [`## ${table.title}`, "", `How to use it: [${table.guide}](${table.guide}).`, ""];
  ours.forEach(({ by }, i) => lines.push(`${i + 1}. ${by}`));
  lines.push("", "| operation | methods of SDKs | works with | what differs |", "| --- | --- | --- | --- |");
  for (const [id, { methods = [], differs = "" }] of Object.entries(table.operations)) {
    const route = dialect?.routes.find(({ operationId }) => operationId === id);
    const by = ours.flatMap(({ operations }, i) => (operations.includes(id) ? [String(i + 1)] : []));
    const where = route ? `<br>${code(`${route.method} ${route.path}`)}` : "";
    lines.push(row([`${id}${where}`, methods.map(code).join(", "), by.join(", ") || "not tried", differs]));
  }
  for (const { what, why } of table.missing ?? []) lines.push(row([what, "", "missing", why]));
  return `${lines.join("\n")}\n`;
}

/** What the tests of a vendor used, by who asked: once each, in the order of their names. */
function ofVendor(exercised: readonly Exercised[], vendor: string): Exercised[] {
  const all = new Map<string, string[]>();
  for (const one of exercised)
    if (one.vendor === vendor) all.set(one.by, [...(all.get(one.by) ?? []), ...one.operations]);
  return [...all].map(([by, operations]) => ({ vendor, by, operations }));
}

function code(text: string): string {
  return `\`${text}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replace(/\|/g, "\\|")).join(" | ")} |`;
}
