export { embedding } from "./embedding.js";
