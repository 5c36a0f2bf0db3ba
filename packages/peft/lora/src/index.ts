export { lora } from "./lora.js";
