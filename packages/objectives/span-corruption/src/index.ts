export {
  type CorruptSpansOptions,
  corruptSpans,
  replaceSpans,
  restoreSpans,
  type Sentinels,
  type SpanTokens,
} from "./corrupt-spans.js";
export { corruptedLengths, tokensToFill } from "./lengths.js";
export { type NoiseCounts, type NoiseOptions, noiseCounts, randomSpansNoiseMask } from "./noise-mask.js";
