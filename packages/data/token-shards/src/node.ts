export { type OpenOptions, openShards, type ShardFile, type ShardSource } from "./open.js";
export type { TokenSource } from "./source.js";
export { ShardWriter, type ShardWriterOptions } from "./writer.js";
