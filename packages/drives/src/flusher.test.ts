import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Flusher } from "./flusher.js";

test.each([[1], [1_000_000]])("what cannot be flushed is told, first and later, of %i bytes", async bytes => {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-flusher-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const flusher = new Flusher();
  const descriptor = openSync(join(folder, "file"), "w");
  for (let n = 0; n < 5; n++) {
    writeSync(descriptor, "x".repeat(bytes));
    await flusher.flush(descriptor, bytes);
  }
  closeSync(descriptor);
  await expect((async () => flusher.flush(descriptor, bytes))()).rejects.toMatchObject({ code: "EBADF" });
  await expect((async () => new Flusher().flush(descriptor, bytes))()).rejects.toMatchObject({ code: "EBADF" });
});
