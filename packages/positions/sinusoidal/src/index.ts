export { SinusoidalPosition, type SinusoidalPositionConfig } from "./module.js";
export { type SinusoidalOptions, sinusoidal } from "./sinusoidal.js";
