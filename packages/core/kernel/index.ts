// The kernel: exact and fast between JSON text and items' blocks. `packages/core/src/item/kernel.ts` is its other side.
export { ENCODED, encodeLines, encodeText, prepareEncode } from "./encode";
export { PRINTED, printBlocks } from "./print";
export { areShapesCrowded, prepareShapes } from "./shape";
export { viewBlocks } from "./view";
