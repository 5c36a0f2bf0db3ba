export { greedy, softmax } from "./distribution.js";
export { minP } from "./min-p.js";
export { repetitionPenalty } from "./repetition-penalty.js";
export { type SampleOptions, sample } from "./sample.js";
export { applyTemperature } from "./temperature.js";
export { topK } from "./top-k.js";
export { topP } from "./top-p.js";
