/** One of several processes that race for the same fifty names; sends the numbers of those it won. */
import { isBucketUrl, openBucket } from "../src/bucket.js";
import { FolderDrive } from "../src/folder.js";

const [path, who] = process.argv.slice(2);
const drive = isBucketUrl(path) ? await openBucket(path) : FolderDrive.open(path);
const won: number[] = [];
for (let name = 0; name < 50; name++)
  if (await drive.create(`race/${name}`, new TextEncoder().encode(`process ${who}`))) won.push(name);
process.send?.(won);
process.disconnect();
