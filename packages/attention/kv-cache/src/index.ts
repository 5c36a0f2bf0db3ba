export { type KeyValueCache, KVCache, type KVCacheConfig } from "./kv-cache.js";
