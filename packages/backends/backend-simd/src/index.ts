export { backendSimd } from "./backend-simd.js";
