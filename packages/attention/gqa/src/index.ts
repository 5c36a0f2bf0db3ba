export { gqa } from "./gqa.js";
