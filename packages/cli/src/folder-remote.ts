/** A folder of this machine (or one that is mounted) as a remote. */
import { join } from "node:path";
import { openDriveRemote, type Local, type Remote } from "@sheaf/core";
import { FolderDrive } from "@sheaf/drives/folder";
import { driveFolder } from "./place.js";

/** Opens the repository in a folder as a remote. */
export function openFolderRemote(folder: string, local: Local): Promise<Remote> {
  return openDriveRemote(FolderDrive.open(join(folder, driveFolder)), local, { url: folder });
}
