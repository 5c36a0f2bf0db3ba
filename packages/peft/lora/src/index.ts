export {
  applyLora,
  type LoraConfig,
  LoraHandle,
  loraHandle,
  mergeLora,
  type ResolvedLoraConfig,
  unloadLora,
} from "./apply.js";
export { type LoraOptions, lora, loraParameterCount, loraScale } from "./lora.js";
export { LoraLinear, type LoraLinearConfig } from "./module.js";
export { fromPeftConfig, type PeftLoraConfig, toPeftConfig } from "./peft-config.js";
export { type LoraStateOptions, loadLora, loraStateDict } from "./state.js";
export { findTargets, type LoraTargets } from "./targets.js";
