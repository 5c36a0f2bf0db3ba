export { type MaskTokensOptions, maskTokens } from "./mask-tokens.js";
export { maskedLmLoss } from "./masked-lm-loss.js";
