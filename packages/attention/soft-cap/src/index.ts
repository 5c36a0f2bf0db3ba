export { softCap } from "./soft-cap.js";
