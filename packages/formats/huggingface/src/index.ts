export { type ModelConfig, parseConfig } from "./config.js";
export { HuggingFaceError } from "./error.js";
export { parseIndex, planShards, writeIndex } from "./shards.js";
