export { learnedPosition } from "./learned-position.js";
export { LearnedPosition, type LearnedPositionConfig } from "./module.js";
