/** Works on a bucket until it is done or killed. */
import { callsSoFar } from "./wire.js";
import { openBucket } from "../src/bucket.js";
import { work } from "./work.js";

await work(await openBucket(process.argv[2], { partBytes: 5 << 20 }), callsSoFar);
