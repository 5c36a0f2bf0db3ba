export { type QKNorm, type QKNormConfig, qkNorm } from "./qk-norm.js";
