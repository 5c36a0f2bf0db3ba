export { type AttentionMask, applyMask, checkMask, clearMaskedRows } from "./apply.js";
export { causalMask, prefixMask, type SlidingWindowOptions, slidingWindowMask } from "./band.js";
export { paddingMask, segmentMask } from "./batch.js";
export { combineMasks } from "./combine.js";
