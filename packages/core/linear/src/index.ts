export { linear, linearContract } from "./linear.js";
export { Linear, type LinearConfig } from "./module.js";
