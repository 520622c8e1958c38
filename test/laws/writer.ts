/** A process of the race test: `writer <folder> <name> <edits>` adds so many rows, one commit each, and repacks now and then. */
import { Repository } from "@sheaf/core";
import { FolderDrive } from "../../packages/drives/src/folder.js";
import { nodePlatform } from "../../packages/drives/src/node.js";

const [folder, name, edits] = process.argv.slice(2);
const drive = FolderDrive.open(folder);
const repo = await Repository.open(drive, {
  platform: nodePlatform,
  author: () => ({ name, email: `${name}@example.org` }),
});
for (let i = 0; i < Number(edits); i++) {
  await repo.dataset("qa").patch([{ op: "add", path: `/items/${name}${i}`, value: { name, i } }]);
  if (i % 5 === 4) await repo.repack();
}
drive.close();
