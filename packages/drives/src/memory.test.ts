import { driveContract } from "@sheaf/core/testing";
import { MemoryDrive } from "./memory.js";

driveContract("memory", async () => {
  const drive = new MemoryDrive();
  return { drive, again: async () => drive, close: async () => undefined };
});
