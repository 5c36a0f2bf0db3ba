export { PartialRMSNorm, type PartialRMSNormConfig } from "./module.js";
export { type PartialRMSNormOptions, partialRmsNorm } from "./partial-rms-norm.js";
