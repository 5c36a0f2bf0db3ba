export { type Contract, defineOp, hasKernel, type OpDefinition, type OpInputs } from "./define-op.js";
export { gradients, type NamedParameters, type ValueAndGrads, valueAndGrads } from "./differentiate.js";
export { scatterAdd } from "./gradients/gather.js";
export { coveredKernels, registerGradients } from "./gradients/index.js";
export { currentPrecision, type Precision, withPrecision } from "./precision.js";
export { product } from "./product.js";
export { sumTo } from "./sum-to.js";
