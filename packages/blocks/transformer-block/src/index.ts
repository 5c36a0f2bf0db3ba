export { type BlockAttention, type BlockPart, TransformerBlock, type TransformerBlockConfig } from "./module.js";
export { type PreNormBlockParts, preNormBlock } from "./transformer-block.js";
