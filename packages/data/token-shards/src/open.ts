// Reads a window of tokens across shards: only the window is in memory, whatever the size of the text.

import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  bytesPerToken,
  parseShardHeader,
  ShardError,
  type ShardFormat,
  type ShardLayout,
  shardHeaderBytes,
  type TokenDtype,
} from "./header.js";
import { decodeTokens } from "./shard.js";
import type { TokenSource } from "./source.js";
import type { ShardIndex } from "./writer.js";

/** What to open, where the path leaves it open. */
export interface OpenOptions {
  /** In a directory: which text. Default "train". */
  split?: string;
  /** Default "auto": llm.c's if its magic number is there, else nanoGPT's. */
  format?: ShardFormat;
  /** Of files without header; default "uint16". */
  dtype?: TokenDtype;
}

/** One file of a text. */
export interface ShardFile extends ShardLayout {
  path: string;
  /** The position of its first token in the whole text. */
  start: number;
}

/** Tokens in files. `close` gives the file handles back. */
export interface ShardSource extends TokenSource {
  readonly shards: readonly ShardFile[];
  close(): void;
}

/**
 * Opens a token file, or all shards of a split in a directory: those that the index `<split>.json` lists, or
 * without an index all files `*<split>*.bin` in order of their names (as llm.c and nanoGPT leave them).
 *
 * @throws ShardError when there is none, a file is truncated or of another kind, or does not match the index
 */
export function openShards(path: string, { split = "train", format = "auto", dtype }: OpenOptions = {}): ShardSource {
  const { files, index } = findShards(path, split);
  const handles: number[] = [];
  try {
    const shards: ShardFile[] = [];
    let start = 0;
    for (const file of files) {
      const handle = openSync(file, "r");
      handles.push(handle);
      const shard = { path: file, start, ...readLayout(handle, file, { format, dtype }) };
      const listed = index?.shards.find((entry) => entry.file === basename(file));
      if (listed && (listed.tokens !== shard.tokens || index?.dtype !== shard.dtype)) {
        throw new ShardError(
          `${file}: holds ${shard.tokens} ${shard.dtype} tokens, but the index says ${listed.tokens} ${index?.dtype}`,
        );
      }
      shards.push(shard);
      start += shard.tokens;
    }
    return new Shards(shards, handles, start);
  } catch (error) {
    for (const handle of handles) closeSync(handle);
    throw error;
  }
}

class Shards implements ShardSource {
  readonly shards: readonly ShardFile[];
  readonly length: number;
  #handles: number[] | undefined;

  constructor(shards: ShardFile[], handles: number[], length: number) {
    this.shards = shards;
    this.length = length;
    this.#handles = handles;
  }

  read(offset: number, count: number): Int32Array {
    if (
      !(
        Number.isInteger(offset) &&
        Number.isInteger(count) &&
        offset >= 0 &&
        count >= 0 &&
        offset + count <= this.length
      )
    ) {
      throw new RangeError(`read: tokens ${offset} … ${offset + count} are outside of a text of ${this.length} tokens`);
    }
    if (!this.#handles) throw new Error("read: the shards are closed");
    const tokens = new Int32Array(count);
    let at = 0;
    for (let i = this.#shardAt(offset); at < count; i++) {
      const shard = this.shards[i] as ShardFile;
      const first = offset + at - shard.start;
      const part = Math.min(count - at, shard.tokens - first);
      const size = bytesPerToken(shard.dtype);
      const bytes = readExactly(this.#handles[i] as number, shard.headerBytes + first * size, part * size, shard.path);
      tokens.set(decodeTokens(bytes, shard.dtype), at);
      at += part;
    }
    return tokens;
  }

  close(): void {
    for (const handle of this.#handles ?? []) closeSync(handle);
    this.#handles = undefined;
  }

  /** The last shard that begins at or before the offset, by bisection. */
  #shardAt(offset: number): number {
    let [low, high] = [0, this.shards.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.shards[middle] as ShardFile).start <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function findShards(path: string, split: string): { files: string[]; index?: ShardIndex } {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new ShardError(`openShards: ${path} does not exist`);
  if (found.isFile()) return { files: [path] };
  const indexPath = join(path, `${split}.json`);
  if (existsSync(indexPath)) {
    const index = readIndex(indexPath);
    return { files: index.shards.map((shard) => join(dirname(indexPath), shard.file)), index };
  }
  const names = readdirSync(path).sort();
  if (names.includes(`${split}.json.tmp`)) {
    throw new ShardError(`openShards: ${path} was not written to its end; prepare the data again`);
  }
  const files = names.filter((name) => name.endsWith(".bin") && name.includes(split)).map((name) => join(path, name));
  if (files.length === 0) throw new ShardError(`openShards: ${path} has no token files *${split}*.bin`);
  return { files };
}

function readIndex(path: string): ShardIndex {
  try {
    const index = JSON.parse(readFileSync(path, "utf8")) as ShardIndex;
    const whole = Array.isArray(index.shards) && index.shards.length > 0;
    // A name with a slash could lead out of the directory.
    if (whole && index.shards.every(({ file }) => typeof file === "string" && /^[\w.-]+$/.test(file))) return index;
  } catch (error) {
    throw new ShardError(`${path}: is no JSON`, { cause: error });
  }
  throw new ShardError(`${path}: is no index of token shards`);
}

function readLayout(handle: number, path: string, options: { format: ShardFormat; dtype?: TokenDtype }): ShardLayout {
  const { size } = fstatSync(handle);
  const start = readExactly(handle, 0, Math.min(size, shardHeaderBytes), path);
  return parseShardHeader(start, size, { ...options, name: path });
}

function readExactly(handle: number, position: number, length: number, path: string): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const got = readSync(handle, bytes, done, length - done, position + done);
    if (got === 0) throw new ShardError(`${path}: ends at byte ${position + done}; it was longer when it was opened`);
    done += got;
  }
  return bytes;
}
