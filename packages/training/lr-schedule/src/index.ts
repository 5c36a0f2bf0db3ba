export { type CosineOptions, cosine } from "./cosine.js";
export { type InverseSqrtOptions, inverseSqrt } from "./inverse-sqrt.js";
export { type LinearOptions, linear } from "./linear.js";
export { type ConstantOptions, constant, linearWarmup, type Schedule } from "./schedule.js";
export { type WsdOptions, wsd } from "./wsd.js";
