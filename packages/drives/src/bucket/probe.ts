/**
 * Finds out whether a server keeps the condition "only if nothing is there", on which every promise about rivals rests.
 *
 * A small object below `.probe/`, where no name of a drive can be, is created again and again: an honest server says 412 once it is there. In the long
 * run a process that writes asks once; one that only reads never does.
 */
import type { BucketClient } from "./client.js";
import { failed } from "./refusal.js";
import { putWhole, Upload } from "./upload.js";

const probeName = ".probe/create-if-absent";
const body = new TextEncoder().encode(
  "Sheaf creates this object again and again, to see that the server refuses it.\n",
);

export class Probe {
  #whole: Promise<void> | undefined;
  #parts: Promise<void> | undefined;

  constructor(
    readonly client: BucketClient,
    /** The key of a name. */
    readonly keyOf: (name: string) => string,
  ) {}

  /** Throws drive-failed unless a whole object is created only where there is none. */
  whole(): Promise<void> {
    return (this.#whole ??= this.#forgetting(this.#probeWhole(), () => (this.#whole = undefined)));
  }

  /** Throws drive-failed unless the same holds for an object in parts. */
  parts(): Promise<void> {
    return (this.#parts ??= this.#forgetting(this.#probeParts(), () => (this.#parts = undefined)));
  }

  /** What failed for a reason of the moment is tried again at the next write. */
  #forgetting(probe: Promise<void>, forget: () => void): Promise<void> {
    probe.catch(forget);
    return probe;
  }

  async #probeWhole(): Promise<void> {
    if (!(await this.#put())) return;
    if (await this.#put()) throw this.#dishonest("PutObject");
  }

  #put(): Promise<boolean> {
    return putWhole(this.client, probeName, this.keyOf(probeName), body);
  }

  async #probeParts(): Promise<void> {
    await this.whole();
    const upload = await Upload.start(this.client, probeName, this.keyOf(probeName));
    try {
      await upload.add(body);
    } catch (error) {
      await upload.abort();
      throw error;
    }
    if (await upload.finish()) throw this.#dishonest("CompleteMultipartUpload");
  }

  #dishonest(operation: string): Error {
    return failed(
      this.client.options.address,
      probeName,
      `the server does not keep "If-None-Match: *" on ${operation}, so two writers could overwrite each other; Sheaf reads from it but does not write`,
    );
  }
}
