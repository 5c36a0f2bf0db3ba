export { CrossAttentionBlock, type CrossAttentionBlockConfig } from "./cross-attention-block.js";
export { type BlockAttention, type BlockPart, TransformerBlock, type TransformerBlockConfig } from "./module.js";
export { ParallelBlock, type ParallelBlockConfig } from "./parallel-block.js";
export { postNorm, preNorm, type Residual, scaledNorm } from "./residual.js";
export {
  type Branch,
  type BranchOptions,
  type PreNormBlockParts,
  preNormBlock,
  throughBranches,
} from "./transformer-block.js";
