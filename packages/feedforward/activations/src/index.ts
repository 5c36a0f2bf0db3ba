export { activations } from "./activations.js";
