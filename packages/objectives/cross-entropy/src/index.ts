export { type CrossEntropyOptions, crossEntropy } from "./cross-entropy.js";
export { type SoftmaxCrossEntropyAttrs, softmaxCrossEntropyContract } from "./softmax-cross-entropy.js";
