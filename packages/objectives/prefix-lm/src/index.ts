export { type PrefixLmOptions, prefixLm } from "./prefix-lm.js";
