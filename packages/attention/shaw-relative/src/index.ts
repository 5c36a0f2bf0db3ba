export { ShawAttention, type ShawAttentionConfig } from "./module.js";
export { type ShawAttentionOptions, shawAttention } from "./shaw-relative.js";
