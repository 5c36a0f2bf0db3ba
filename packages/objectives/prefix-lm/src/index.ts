export { type PrefixLmOptions, prefixLm, prefixPair } from "./prefix-lm.js";
