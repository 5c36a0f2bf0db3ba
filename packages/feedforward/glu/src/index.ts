export { type GLUOptions, glu, gluContract } from "./glu.js";
export { type GLUHiddenDimOptions, gluHiddenDim } from "./hidden-dim.js";
export { GLU, type GLUConfig } from "./module.js";
