export { type RopeFrequencyOptions, ropeFrequencies } from "./frequencies.js";
export { Rope, type RopeConfig } from "./module.js";
export { Rope2D, type Rope2DConfig } from "./module-2d.js";
export { type RopeLayout, type RopeOptions, rope, ropeContract } from "./rope.js";
export { type Rope2DOptions, rope2d } from "./rope-2d.js";
export { type RopeScaling, ropeMagnitude } from "./scaling.js";
export { type RopeTable, type RopeTableOptions, ropeTable } from "./table.js";
