export { type BlockAttention, type BlockPart, TransformerBlock, type TransformerBlockConfig } from "./module.js";
export { type Sublayer, type TransformerBlockOptions, transformerBlock } from "./transformer-block.js";
