export { rmsnorm } from "./rmsnorm.js";
