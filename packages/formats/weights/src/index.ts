export type { ConvertWeights } from "./convert.js";
export { type LoadOptions, loadWeights, type WeightSource } from "./load.js";
export { type LazyWeight, streamWeights, type WeightStream } from "./stream.js";
