export { Module } from "./module.js";
export { type NamedParameters, parameter } from "./parameter.js";
export { propertyOf, segmentOf } from "./path.js";
