export { ops } from "./ops.js";
