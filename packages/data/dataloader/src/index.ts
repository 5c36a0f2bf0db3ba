export { type Batch, DataLoader, type DataLoaderOptions, type Order } from "./dataloader.js";
export { type EvaluationBatch, type EvaluationOptions, evaluationBatches } from "./evaluation.js";
export { memorySource, type TokenSource } from "./source.js";
