export { sampling } from "./sampling.js";
