export { causalLm } from "./causal-lm.js";
