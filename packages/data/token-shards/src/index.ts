export {
  dtypeForVocabulary,
  encodeShardHeader,
  parseShardHeader,
  ShardError,
  type ShardFormat,
  type ShardLayout,
  shardHeaderBytes,
  type TokenDtype,
} from "./header.js";
export { type DecodeOptions, decodeShard, type EncodeOptions, encodeShard } from "./shard.js";
export type { TokenSource } from "./source.js";
