export { type ConfigReader, configReader, type HuggingFaceConfig } from "./config-reader.js";
export { checkIds, type IdLimits } from "./ids.js";
export { checkDivides, checkSizes } from "./sizes.js";
export { describeHeads, type ModelTraits } from "./traits.js";
