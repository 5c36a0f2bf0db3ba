export { readmeTests } from "./readme.js";
export { Summary } from "./summary.js";
