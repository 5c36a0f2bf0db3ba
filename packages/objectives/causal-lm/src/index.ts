export { causalLm, causalLmLoss, type ShiftOptions, shiftLabels } from "./causal-lm.js";
export { bitsPerByte, perplexity } from "./metrics.js";
