// Writes a text's tokens into numbered shards, with a fixed buffer whatever the text's length.
//
//   train_000000.bin train_000001.bin … train.json
//
// A shard is written under another name, synced and renamed, and the index gets its name last: where `train.json`
// is, the data is whole; where `train.json.tmp` is, it is not. The shards are llm.c's, so its programs read them too.

import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { bytesPerToken, encodeShardHeader, shardHeaderBytes, type TokenDtype } from "./header.js";
import { encodeTokens } from "./shard.js";

/** How a `ShardWriter` stores tokens. */
export interface ShardWriterOptions {
  /** The name that the files begin with, such as "train" or "validation". Default "train". */
  split?: string;
  /** Default "uint16"; see `dtypeForVocabulary`. */
  dtype?: TokenDtype;
  /** Tokens in one file at most; default 100 million, as llm.c. */
  shardTokens?: number;
}

/** What the index file says. */
export interface ShardIndex {
  version: 1;
  dtype: TokenDtype;
  tokens: number;
  shards: { file: string; tokens: number }[];
}

const bufferTokens = 2 ** 18;

/** Appends tokens to shards in a directory. Call `close` at the end: without it there is no index, and so no data. */
export class ShardWriter {
  readonly directory: string;
  readonly #split: string;
  readonly #dtype: TokenDtype;
  readonly #shardTokens: number;
  readonly #buffer: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #shards: { file: string; tokens: number }[] = [];
  readonly #index: number;
  #buffered = 0;
  #file: number | undefined;
  #inShard = 0;

  /**
   * Makes the directory and removes an earlier text of the same split.
   * @throws RangeError for options out of range; the system's errors
   */
  constructor(directory: string, { split = "train", dtype = "uint16", shardTokens = 1e8 }: ShardWriterOptions = {}) {
    if (!/^[\w-]+$/.test(split))
      throw new RangeError(`ShardWriter: split must be a plain name such as "train", got ${JSON.stringify(split)}`);
    if (!Number.isInteger(shardTokens) || shardTokens < 1 || shardTokens >= 2 ** 31) {
      throw new RangeError(`ShardWriter: shardTokens must be from 1 to 2^31 - 1, got ${shardTokens}`);
    }
    this.directory = directory;
    this.#split = split;
    this.#dtype = dtype;
    this.#shardTokens = shardTokens;
    this.#buffer = new Int32Array(Math.min(bufferTokens, shardTokens));
    this.#bytes = new Uint8Array(this.#buffer.length * bytesPerToken(dtype));
    mkdirSync(directory, { recursive: true });
    // The unfinished index comes first, and marks the text as unfinished until `close` renames it.
    this.#index = openSync(`${this.#indexPath()}.tmp`, "w");
    rmSync(this.#indexPath(), { force: true });
    const mine = new RegExp(`^${split}_\\d{6,}\\.bin(\\.tmp)?$`);
    for (const name of readdirSync(directory)) if (mine.test(name)) rmSync(join(directory, name));
  }

  /**
   * Appends tokens.
   * @throws RangeError for a token that does not fit the type; the system's errors, such as a full disk
   */
  write(tokens: ArrayLike<number>): void {
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i] as number;
      // What int32 would change must not reach the check of the type in disguise.
      if ((token | 0) !== token) throw new RangeError(`ShardWriter: token ${i} is ${token}, which is no id`);
      this.#buffer[this.#buffered++] = token;
      if (this.#buffered === this.#buffer.length) this.#flush();
    }
  }

  /** Writes what is left and the index. @throws Error when not a single token was written */
  close(): ShardIndex {
    this.#flush();
    this.#endShard();
    const tokens = this.#shards.reduce((sum, shard) => sum + shard.tokens, 0);
    if (tokens === 0) throw new Error(`ShardWriter: no token was written to ${this.directory}`);
    const index: ShardIndex = { version: 1, dtype: this.#dtype, tokens, shards: this.#shards };
    writeAll(this.#index, new TextEncoder().encode(`${JSON.stringify(index, null, 2)}\n`), this.#indexPath());
    finish(this.#index, this.#indexPath());
    return index;
  }

  #flush(): void {
    let from = 0;
    while (from < this.#buffered) {
      this.#file ??= this.#beginShard();
      const count = Math.min(this.#buffered - from, this.#shardTokens - this.#inShard);
      const bytes = this.#bytes.subarray(0, count * bytesPerToken(this.#dtype));
      encodeTokens(this.#buffer.subarray(from, from + count), this.#dtype, bytes);
      writeAll(this.#file, bytes, this.#shardPath());
      from += count;
      this.#inShard += count;
      if (this.#inShard === this.#shardTokens) this.#endShard();
    }
    this.#buffered = 0;
  }

  #beginShard(): number {
    const file = openSync(`${this.#shardPath()}.tmp`, "w");
    writeAll(file, new Uint8Array(shardHeaderBytes), this.#shardPath());
    return file;
  }

  #endShard(): void {
    if (this.#file === undefined) return;
    writeAll(this.#file, encodeShardHeader(this.#dtype, this.#inShard), this.#shardPath(), 0);
    finish(this.#file, this.#shardPath());
    this.#shards.push({ file: this.#shardName(), tokens: this.#inShard });
    this.#file = undefined;
    this.#inShard = 0;
  }

  #shardName(): string {
    return `${this.#split}_${String(this.#shards.length).padStart(6, "0")}.bin`;
  }

  #indexPath(): string {
    return join(this.directory, `${this.#split}.json`);
  }

  #shardPath(): string {
    return join(this.directory, this.#shardName());
  }
}

/** `writeSync` may write less than it was given, and its errors do not name the file. */
function writeAll(file: number, bytes: Uint8Array, path: string, position: number | null = null): void {
  try {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(file, bytes, done, bytes.length - done, position === null ? null : position + done);
    }
  } catch (error) {
    throw new Error(`ShardWriter: cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function finish(file: number, path: string): void {
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.tmp`, path);
}
