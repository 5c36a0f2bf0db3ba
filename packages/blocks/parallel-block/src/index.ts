export {
  ParallelBlock,
  type ParallelBlockAttention,
  type ParallelBlockConfig,
  type ParallelBlockPart,
} from "./module.js";
export { type ParallelBlockParts, parallelBlock } from "./parallel-block.js";
