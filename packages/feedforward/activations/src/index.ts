export { type ActivationName, activation } from "./activation.js";
export { type GeluOptions, gelu, geluContract } from "./gelu.js";
export { relu, squaredRelu, squaredReluContract } from "./relu.js";
export { sigmoid } from "./sigmoid.js";
export { silu, swish, swishContract } from "./swish.js";
