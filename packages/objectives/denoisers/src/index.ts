export { chooseDenoiser, type DenoiseOptions, type Denoiser, denoise, type Mode, ul2Denoisers } from "./denoisers.js";
