export { WindowCache, type WindowCacheConfig } from "./window-cache.js";
