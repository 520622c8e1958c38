/** The thread that prints portions of a dataset: indexes of rows come in, lines go out. `portion-thread.ts` starts it. */
import { parentPort, workerData } from "node:worker_threads";
import { PortionPrinter, type PrintedPortion } from "@sheaf/core";
import { FolderDrive } from "./folder.js";
import { nodePlatform } from "./node.js";
import type { PortionRequest, PortionSetting } from "./portion-thread.js";

const { folder, dataset, form } = workerData as PortionSetting;
const printer = await PortionPrinter.open(FolderDrive.open(folder), nodePlatform, dataset, form);
let last: Promise<void> = Promise.resolve();

/** Portions are printed one after another, each where the trail of the one before ends. */
function take({ portion, room }: PortionRequest): void {
  last = last.then(async () => {
    const printed = await printer.print(portion, room);
    reply(printed, [printed.room.buffer]);
  });
}

function reply(message: "ready" | PrintedPortion, memory: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, memory);
}

parentPort?.on("message", take);
reply("ready");
