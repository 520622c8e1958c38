/** What many of Arize's requests share. */
import { t } from "../../schema.js";

export const text = t.String();
export const inDataset = t.Object({ dataset_id: text });

/** A list whose elements stay exact. */
export const anyList = t.Array(t.Unknown());

/** How many a page has. */
export const limitOf = (most: number) => t.Optional(t.Integer({ minimum: 1, maximum: most, default: 50 }));

export const anyAnswer = { 200: { description: "as Arize answers" } };
