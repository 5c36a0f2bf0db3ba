export { UnigramError } from "./error.js";
export { type TrainUnigramOptions, type TrainUnigramProgress, trainUnigram } from "./train/train.js";
export { type SampleOptions, type Segmentation, Unigram } from "./unigram.js";
export type { UnigramConfig } from "./vocabulary.js";
