export { type AttentionOptions, attention, attentionContract } from "./attention.js";
export { MultiHeadAttention, type MultiHeadAttentionConfig } from "./module.js";
export { type Position, SelfAttention, type SelfAttentionConfig, type SelfAttentionOptions } from "./self-attention.js";
