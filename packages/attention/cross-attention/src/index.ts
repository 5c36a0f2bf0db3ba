export {
  CrossAttention,
  type CrossAttentionConfig,
  type CrossAttentionOptions,
  type KeysValues,
} from "./cross-attention.js";
