export { tokenShards } from "./token-shards.js";
