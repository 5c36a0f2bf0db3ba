export { pretokenize } from "./pretokenize.js";
