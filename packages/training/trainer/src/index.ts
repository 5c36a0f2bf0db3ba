export { type EvaluationOptions, evaluate } from "./evaluate.js";
export { type Optimizer, type StepOptions, type StepResult, trainStep } from "./step.js";
export { type StepReport, type TrainingOptions, type TrainingSummary, train } from "./train.js";
