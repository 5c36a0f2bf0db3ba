export { glu } from "./glu.js";
