export { stability } from "./stability.js";
