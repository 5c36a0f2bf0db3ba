export { groupedQueryAttention } from "./gqa.js";
export { GroupedQueryAttention, type GroupedQueryAttentionConfig } from "./module.js";
