/** What Prometheus reads: counts and times of requests by route, what is under way, what the drive did. A few additions a request, nothing kept of any one. */
import type { Drive } from "@sheaf/core";

/** Upper bounds of the durations' classes, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

interface Durations {
  readonly counts: number[];
  sum: number;
  count: number;
}

export interface Measured {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
  readonly bytes: number;
}

export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, Durations>();
  #sent = 0;
  readonly #drive = { reads: 0, read: 0, creates: 0, written: 0, commits: 0, refMoves: 0 };

  /** Takes note of a request that is over. */
  add({ route, method, status, seconds, bytes }: Measured): void {
    const labels = `method="${method}",route="${route}",status="${status}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
    this.#sent += bytes;
    let durations = this.#durations.get(route);
    if (!durations) this.#durations.set(route, (durations = { counts: bounds.map(() => 0), sum: 0, count: 0 }));
    const index = bounds.findIndex(bound => seconds <= bound);
    if (index >= 0) durations.counts[index]++;
    durations.sum += seconds;
    durations.count++;
  }

  /** The same drive, watched: every entry of a branch's log is a commit that this process made the branch's head. */
  watch(drive: Drive): Drive {
    const seen = this.#drive;
    return {
      read(name, span) {
        seen.reads++;
        const bytes = drive.read(name, span);
        if (bytes instanceof Promise) return bytes.then(there => ((seen.read += there?.length ?? 0), there));
        seen.read += bytes?.length ?? 0;
        return bytes;
      },
      async create(name, bytes) {
        seen.creates++;
        const isMade = await drive.create(name, bytes instanceof Uint8Array ? bytes : counted(bytes, seen));
        if (bytes instanceof Uint8Array && isMade) seen.written += bytes.length;
        if (isMade && name.startsWith("refs/heads/")) seen.commits++;
        if (isMade && name.startsWith("refs/")) seen.refMoves++;
        return isMade;
      },
      list: (prefix, after) => drive.list(prefix, after),
      remove: name => drive.remove(name),
    };
  }

  /** The text form, version 0.0.4. */
  print(inFlight: number): string {
    const lines = [
      ...family("sheaf_http_requests_total", "counter", "Requests answered.", this.#requests),
      ...this.#printDurations(),
      ...single("sheaf_http_in_flight", "gauge", "Requests under way.", inFlight),
      ...single("sheaf_http_sent_bytes_total", "counter", "Bytes of bodies sent, compressed.", this.#sent),
      ...single("sheaf_commits_total", "counter", "Moves of branches by this process.", this.#drive.commits),
      ...single("sheaf_ref_moves_total", "counter", "Moves of refs by this process.", this.#drive.refMoves),
      ...single("sheaf_drive_reads_total", "counter", "Reads of the drive.", this.#drive.reads),
      ...single("sheaf_drive_read_bytes_total", "counter", "Bytes read from the drive.", this.#drive.read),
      ...single("sheaf_drive_creates_total", "counter", "Files made on the drive.", this.#drive.creates),
      ...single("sheaf_drive_written_bytes_total", "counter", "Bytes written to the drive.", this.#drive.written),
    ];
    return `${lines.join("\n")}\n`;
  }

  #printDurations(): string[] {
    const name = "sheaf_http_request_seconds";
    const lines = head(name, "histogram", "Seconds from a request's head to the end of its answer.");
    for (const [route, { counts, sum, count }] of this.#durations) {
      let below = 0;
      for (const [i, bound] of bounds.entries()) {
        below += counts[i];
        lines.push(`${name}_bucket{route="${route}",le="${bound}"} ${below}`);
      }
      lines.push(`${name}_bucket{route="${route}",le="+Inf"} ${count}`);
      lines.push(`${name}_sum{route="${route}"} ${sum}`, `${name}_count{route="${route}"} ${count}`);
    }
    return lines;
  }
}

async function* counted(chunks: AsyncIterable<Uint8Array>, seen: { written: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    seen.written += chunk.length;
    yield chunk;
  }
}

type Kind = "counter" | "gauge" | "histogram";

function head(name: string, kind: Kind, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`];
}

function single(name: string, kind: Kind, help: string, value: number): string[] {
  return [...head(name, kind, help), `${name} ${value}`];
}

function family(name: string, kind: Kind, help: string, values: ReadonlyMap<string, number>): string[] {
  return [...head(name, kind, help), ...[...values].map(([labels, value]) => `${name}{${labels}} ${value}`)];
}
