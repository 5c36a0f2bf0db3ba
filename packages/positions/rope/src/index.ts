export { Rope, type RopeConfig } from "./module.js";
export { type RopeLayout, type RopeOptions, rope, ropeContract } from "./rope.js";
export {
  type RopeFrequencyOptions,
  type RopeScaling,
  type RopeTable,
  type RopeTableOptions,
  ropeFrequencies,
  ropeTable,
} from "./table.js";
