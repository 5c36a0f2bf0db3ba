export { type AlibiBiasOptions, alibiBias, alibiKeyBias, alibiSlopes } from "./alibi.js";
