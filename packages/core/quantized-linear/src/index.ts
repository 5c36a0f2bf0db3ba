export { quantizeLinears } from "./apply.js";
export { dequantize } from "./dequantize.js";
export { QuantizedLinear } from "./module.js";
export { type Bits, BLOCK, type QuantizedRows, quantize } from "./quantize.js";
export { quantizedLinear, quantizedLinearContract } from "./quantized-linear.js";
