export { type LlamaCpp, loadLlamaCpp } from "./llama-cpp.js";
export { scaled } from "./scaled.js";
