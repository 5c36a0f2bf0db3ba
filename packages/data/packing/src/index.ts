export { packing } from "./packing.js";
