export { registerSimdBackend, type SimdOptions, simdMachine } from "./simd.js";
