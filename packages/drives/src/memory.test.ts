import { expect, test } from "vitest";
import { driveContract } from "@sheaf/core/testing";
import { MemoryDrive } from "./memory.js";

driveContract("memory", async () => {
  const drive = new MemoryDrive();
  return { drive, again: async () => drive, close: async () => undefined };
});

test("bytes that come in a Buffer are copied too", async () => {
  const drive = new MemoryDrive();
  const bytes = Buffer.from("kept");
  await drive.create("a", bytes);
  bytes.fill(0);
  expect(new TextDecoder().decode(drive.read("a"))).toBe("kept");
});
