export {
  type Clipped,
  clipByGlobalNorm,
  clipByGlobalNormContract,
  type Gradients,
  globalNorm,
} from "./grad-clip.js";
