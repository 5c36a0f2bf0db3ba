export { type LayerNormOptions, layerNorm, layerNormContract } from "./layer-norm.js";
export { LayerNorm, type LayerNormConfig } from "./module.js";
