export { firstFitDecreasing } from "./first-fit.js";
export {
  type Example,
  type PackedSequence,
  type PackOptions,
  packSequences,
} from "./packing.js";
