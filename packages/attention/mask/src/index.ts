export { mask } from "./mask.js";
