export { RMSNorm, type RMSNormConfig } from "./module.js";
export { type RMSNormOptions, rmsNorm, rmsNormContract } from "./rms-norm.js";
