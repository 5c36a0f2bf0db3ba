export { type MLPOptions, mlp } from "./mlp.js";
export { MLP, type MLPConfig } from "./module.js";
