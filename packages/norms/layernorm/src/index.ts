export { layernorm } from "./layernorm.js";
