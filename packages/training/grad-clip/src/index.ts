export { gradClip } from "./grad-clip.js";
