/** Every dialect that the server speaks. */
import { arize } from "./arize/dialect.js";
import type { Dialect } from "./dialect.js";
import { galileo } from "./galileo/dialect.js";
import { humanloop } from "./humanloop/dialect.js";
import { opik } from "./opik/dialect.js";

export const allDialects: readonly Dialect[] = [galileo, humanloop, opik, arize];
