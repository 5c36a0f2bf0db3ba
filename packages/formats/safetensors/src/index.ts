export { safetensors } from "./safetensors.js";
