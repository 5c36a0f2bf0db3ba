export { learnedPosition } from "./learned-position.js";
