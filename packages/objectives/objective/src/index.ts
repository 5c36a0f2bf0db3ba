export { attentionPattern, crossAttentionPattern, plainPattern } from "./attention-pattern.js";
export { type BatchOf, type PairBatch, packExamples, type RowOptions, type SequenceBatch, stackRows } from "./batch.js";
export {
  type Example,
  IGNORE,
  type Pair,
  pair,
  pairAsSequence,
  type Sequence,
  sequence,
  targetCount,
} from "./example.js";
export { type Objective, type ObjectiveBatchOptions, objectiveBatch, splitDocuments } from "./objective-batch.js";
export { batchTensors, type PairTensors, type SequenceTensors, type TensorsOf } from "./tensors.js";
