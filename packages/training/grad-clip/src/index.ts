export {
  type Clipped,
  clipByGlobalNorm,
  clipByGlobalNormContract,
  clipCoefficient,
  type Gradients,
  globalNorm,
  globalNormContract,
} from "./grad-clip.js";
