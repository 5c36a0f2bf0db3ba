export { attention } from "./attention.js";
export { type AttentionAttrs, type AttentionInputs, attentionContract } from "./contract.js";
export { MultiHeadAttention, type MultiHeadAttentionConfig } from "./module.js";
export { type AttentionOptions, attentionCall } from "./options.js";
export { type Position, SelfAttention, type SelfAttentionConfig, type SelfAttentionOptions } from "./self-attention.js";
export { attentionWeights } from "./weights.js";
