export { fromHuggingFace, toHuggingFace } from "./convert.js";
export type { FusedModules, HuggingFaceMap, RowLayout, StackMap } from "./map.js";
export { interleavedRows } from "./rotary-rows.js";
export { concatenatedRows, type GroupedHeads, groupedRows } from "./row-layout.js";
