export { kvCache } from "./kv-cache.js";
