export { type DeepNormConstants, type DeepNormDepth, deepNormConstants, glmNormConstants } from "./constants.js";
export { type DeepNormParts, deepNorm, glmNorm } from "./deep-norm.js";
