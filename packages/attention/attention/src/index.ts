export { attention } from "./attention.js";
export { type AttentionAttrs, type AttentionInputs, attentionContract } from "./contract.js";
export { MultiHeadAttention, type MultiHeadAttentionConfig } from "./module.js";
export { type AttentionCall, type AttentionOptions, attentionCall } from "./options.js";
export { SelfAttention } from "./self-attention.js";
export type {
  HeadNorm,
  Position,
  ProjectionBiases,
  SelfAttentionConfig,
  SelfAttentionOptions,
} from "./self-attention-config.js";
export { attentionWeights, type Unfused } from "./weights.js";
