/** Works on a folder until it is done or killed. */
import { callsSoFar } from "./fuse.js";
import { FolderDrive } from "../src/folder.js";
import { work } from "./work.js";

await work(FolderDrive.open(process.argv[2], { create: true }), callsSoFar);
