export { linear } from "./linear.js";
