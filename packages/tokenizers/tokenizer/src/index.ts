export { tokenizer } from "./tokenizer.js";
