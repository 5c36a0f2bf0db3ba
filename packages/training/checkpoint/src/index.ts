export { checkpointName, parseCheckpointName } from "./name.js";
export { type BestBy, type Ranked, rankBest, selectKept } from "./retention.js";
