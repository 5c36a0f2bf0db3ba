export { fromHuggingFace, toHuggingFace } from "./convert.js";
export type { FusedModules, HuggingFaceMap, RowLayout, StackMap } from "./map.js";
export { concatenatedRows, type GroupedHeads, groupedRows } from "./row-layout.js";
