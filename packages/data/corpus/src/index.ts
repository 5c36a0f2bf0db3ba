export { corpus } from "./corpus.js";
