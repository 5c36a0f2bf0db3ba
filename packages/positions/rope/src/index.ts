export { rope } from "./rope.js";
