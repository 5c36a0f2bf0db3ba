export { type DropoutOptions, dropout } from "./dropout.js";
export { Dropout } from "./module.js";
