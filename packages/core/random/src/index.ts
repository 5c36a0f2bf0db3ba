export { philox } from "./philox.js";
export { Random, type RandomState } from "./random.js";
export { currentRandom, withRandom } from "./scope.js";
