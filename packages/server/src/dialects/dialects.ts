/** Every dialect that the server speaks. */
import type { Dialect } from "./dialect.js";

export const allDialects: readonly Dialect[] = [];
