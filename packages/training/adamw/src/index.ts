export { AdamW, type AdamWConfig } from "./adamw.js";
export { type AdamWOptions, type AdamWState, adamWUpdate } from "./adamw-update.js";
export { type AdamWKernelAttrs, adamWContract } from "./contract.js";
