export { type DropoutAttrs, type DropoutOptions, dropout, dropoutContract } from "./dropout.js";
export { Dropout } from "./module.js";
