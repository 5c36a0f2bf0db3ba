export { groupedQueryAttention } from "./gqa.js";
export { GroupedQueryAttention, type GroupedQueryAttentionConfig } from "./module.js";
export { type PoolHeadsOptions, poolHeads, toGroupedQuery } from "./pool-heads.js";
