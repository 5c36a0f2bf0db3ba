export { adamw } from "./adamw.js";
