// ../../packages/data/token-shards/src/header.ts
var ShardError = class extends Error {
  name = "ShardError";
};
var kinds = {
  uint16: { magic: 20240520, version: 1, bytes: 2 },
  uint32: { magic: 20240801, version: 7, bytes: 4 }
};
var shardHeaderBytes = 256 * 4;
function bytesPerToken(dtype) {
  return kinds[dtype].bytes;
}
function parseShardHeader(start, fileBytes, { format = "auto", dtype, name = "shard" } = {}) {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const magic = start.length >= 4 ? view.getInt32(0, true) : 0;
  const found = Object.keys(kinds).find((kind) => kinds[kind].magic === magic);
  if (format === "nanogpt" || format === "auto" && !found) return headerless(fileBytes, dtype ?? "uint16", name);
  if (!found)
    throw new ShardError(
      `${name}: does not begin with an llm.c magic number (20240520 or 20240801), but with ${magic}`
    );
  if (dtype && dtype !== found) throw new ShardError(`${name}: holds ${found} tokens, expected ${dtype}`);
  if (start.length < shardHeaderBytes)
    throw new ShardError(`${name}: cut off in its header, after ${start.length} of ${shardHeaderBytes} bytes`);
  const version = view.getInt32(4, true);
  if (version !== kinds[found].version) {
    throw new ShardError(
      `${name}: version ${version}; for ${found} tokens only version ${kinds[found].version} is known`
    );
  }
  const tokens = view.getInt32(8, true);
  const expected = shardHeaderBytes + tokens * kinds[found].bytes;
  if (tokens < 0 || expected !== fileBytes) {
    throw new ShardError(
      `${name}: the header promises ${tokens} ${found} tokens in ${expected} bytes, but the file has ${fileBytes} bytes`
    );
  }
  return { format: "llm.c", dtype: found, headerBytes: shardHeaderBytes, tokens };
}
function headerless(fileBytes, dtype, name) {
  const tokens = fileBytes / kinds[dtype].bytes;
  if (!Number.isInteger(tokens))
    throw new ShardError(`${name}: ${fileBytes} bytes are no whole number of ${dtype} tokens`);
  return { format: "nanogpt", dtype, headerBytes: 0, tokens };
}

// ../../packages/data/token-shards/src/shard.ts
function decodeTokens(bytes2, dtype) {
  const view = new DataView(bytes2.buffer, bytes2.byteOffset, bytes2.byteLength);
  const tokens = new Int32Array(bytes2.length / bytesPerToken(dtype));
  for (let i = 0; i < tokens.length; i++) {
    const token = dtype === "uint16" ? view.getUint16(2 * i, true) : view.getInt32(4 * i, true);
    if (token < 0) throw new ShardError(`token ${i} is ${token >>> 0}, above 2^31: these bytes are no token ids`);
    tokens[i] = token;
  }
  return tokens;
}

// ../../packages/data/token-shards/src/open.ts
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
function openShards(path, { split = "train", format = "auto", dtype } = {}) {
  const { files, index } = findShards(path, split);
  const handles = [];
  try {
    const shards = [];
    let start = 0;
    for (const file of files) {
      const handle = openSync(file, "r");
      handles.push(handle);
      const shard = { path: file, start, ...readLayout(handle, file, { format, dtype }) };
      const listed = index?.shards.find((entry) => entry.file === basename(file));
      if (listed && (listed.tokens !== shard.tokens || index?.dtype !== shard.dtype)) {
        throw new ShardError(
          `${file}: holds ${shard.tokens} ${shard.dtype} tokens, but the index says ${listed.tokens} ${index?.dtype}`
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
var Shards = class {
  shards;
  length;
  #handles;
  constructor(shards, handles, length) {
    this.shards = shards;
    this.length = length;
    this.#handles = handles;
  }
  read(offset, count) {
    if (!(Number.isInteger(offset) && Number.isInteger(count) && offset >= 0 && count >= 0 && offset + count <= this.length)) {
      throw new RangeError(`read: tokens ${offset} \u2026 ${offset + count} are outside of a text of ${this.length} tokens`);
    }
    if (!this.#handles) throw new Error("read: the shards are closed");
    const tokens = new Int32Array(count);
    let at = 0;
    for (let i = this.#shardAt(offset); at < count; i++) {
      const shard = this.shards[i];
      const first = offset + at - shard.start;
      const part = Math.min(count - at, shard.tokens - first);
      const size = bytesPerToken(shard.dtype);
      const bytes2 = readExactly(this.#handles[i], shard.headerBytes + first * size, part * size, shard.path);
      tokens.set(decodeTokens(bytes2, shard.dtype), at);
      at += part;
    }
    return tokens;
  }
  close() {
    for (const handle of this.#handles ?? []) closeSync(handle);
    this.#handles = void 0;
  }
  /** The last shard that begins at or before the offset, by bisection. */
  #shardAt(offset) {
    let [low, high] = [0, this.shards.length - 1];
    while (low < high) {
      const middle = low + high + 1 >> 1;
      if (this.shards[middle].start <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
};
function findShards(path, split) {
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
function readIndex(path) {
  try {
    const index = JSON.parse(readFileSync(path, "utf8"));
    const whole = Array.isArray(index.shards) && index.shards.length > 0;
    if (whole && index.shards.every(({ file }) => typeof file === "string" && /^[\w.-]+$/.test(file))) return index;
  } catch (error) {
    throw new ShardError(`${path}: is no JSON`, { cause: error });
  }
  throw new ShardError(`${path}: is no index of token shards`);
}
function readLayout(handle, path, options) {
  const { size } = fstatSync(handle);
  const start = readExactly(handle, 0, Math.min(size, shardHeaderBytes), path);
  return parseShardHeader(start, size, { ...options, name: path });
}
function readExactly(handle, position, length, path) {
  const bytes2 = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const got = readSync(handle, bytes2, done, length - done, position + done);
    if (got === 0) throw new ShardError(`${path}: ends at byte ${position + done}; it was longer when it was opened`);
    done += got;
  }
  return bytes2;
}

// src/ui/error.ts
var UserError = class extends Error {
  name = "UserError";
};

// src/ui/progress.ts
import cliProgress from "cli-progress";
import pc from "picocolors";

// src/run/tokens.ts
function openTokens(folder) {
  return { train: openShards(folder, { split: "train" }), validation: openShards(folder, { split: "validation" }) };
}

// src/run/tokenizer.ts
import { readFile } from "node:fs/promises";

// ../../packages/tokenizers/pretokenize/src/byte-level.ts
var isVisible = (byte) => byte > 32 && byte < 127 || byte > 160 && byte !== 173;
function makeMap() {
  let invisible = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isVisible(byte) ? byte : 256 + invisible++));
}
var byteToUnicode = /* @__PURE__ */ makeMap();
var unicodeToByte = /* @__PURE__ */ new Map(
  /* @__PURE__ */ byteToUnicode.map((character, byte) => [character, byte])
);

// ../../packages/tokenizers/pretokenize/src/kind.ts
var UPPER = 1;
var CASELESS = 2;
var LOWER = 4;
var MARK = 8;
var NUMBER = 16;
var SPACE = 32;
var NEWLINE = 64;
var OTHER = 128;
var PAIR = 256;
var LETTER = UPPER | CASELESS | LOWER;
var SIGN = MARK | OTHER;
var classes = [
  [/\p{Lo}|\p{Lm}/u, CASELESS],
  [/\p{Ll}/u, LOWER],
  [/\p{Lu}|\p{Lt}/u, UPPER],
  [/\p{M}/u, MARK],
  [/\p{N}/u, NUMBER],
  [/[\r\n]/u, SPACE | NEWLINE],
  [/\p{White_Space}/u, SPACE]
];
function block(index) {
  return Uint8Array.from({ length: 256 }, (_, low) => {
    const character = String.fromCodePoint(index * 256 + low);
    return classes.find(([expression2]) => expression2.test(character))?.[1] ?? OTHER;
  });
}
var latin = /* @__PURE__ */ block(0);
var blocks = [];
function wideKind(text2, at, unit) {
  const codePoint = (unit & 64512) === 55296 ? text2.codePointAt(at) : unit;
  const index = codePoint >> 8;
  let kinds2 = blocks[index];
  if (kinds2 === void 0) {
    kinds2 = block(index);
    blocks[index] = kinds2;
  }
  const kind = kinds2[codePoint & 255];
  return codePoint > 65535 ? kind | PAIR : kind;
}
function kindAt(text2, at) {
  const unit = text2.charCodeAt(at);
  return unit < 256 ? latin[unit] : wideKind(text2, at, unit);
}
function runEnd(text2, at, mask) {
  const { length } = text2;
  let end = at;
  while (end < length) {
    const unit = text2.charCodeAt(end);
    if (unit < 256) {
      if ((latin[unit] & mask) === 0) break;
      end++;
    } else {
      const kind = wideKind(text2, end, unit);
      if ((kind & mask) === 0) break;
      end += (kind & PAIR) === 0 ? 1 : 2;
    }
  }
  return end;
}

// ../../packages/tokenizers/pretokenize/src/parts.ts
var APOSTROPHE = 39;
var LONG_S = 383;
var FOLD = 32;
function contractionEnd(text2, at, fold) {
  const { length } = text2;
  if (at + 1 >= length || text2.charCodeAt(at) !== APOSTROPHE) return at;
  const unit = text2.charCodeAt(at + 1);
  switch (unit | fold) {
    case 115:
    // s
    case 116:
    // t
    case 109:
    // m
    case 100:
      return at + 2;
    case 108:
      return at + 2 < length && (text2.charCodeAt(at + 2) | fold) === 108 ? at + 3 : at;
    case 114:
    // re
    case 118:
      return at + 2 < length && (text2.charCodeAt(at + 2) | fold) === 101 ? at + 3 : at;
    default:
      return fold !== 0 && unit === LONG_S ? at + 2 : at;
  }
}
function threeDigitsEnd(text2, at) {
  let end = at;
  for (let count = 0; count < 3 && end < text2.length; count++) {
    const kind = kindAt(text2, end);
    if ((kind & NUMBER) === 0) break;
    end += (kind & PAIR) === 0 ? 1 : 2;
  }
  return end;
}
function whiteSpaceEnd(text2, at, newlines) {
  let end = at;
  let afterNewline = at;
  for (; end < text2.length; end++) {
    const kind = kindAt(text2, end);
    if ((kind & SPACE) === 0) break;
    if ((kind & NEWLINE) !== 0) afterNewline = end + 1;
  }
  if (newlines && afterNewline > at) return afterNewline;
  return end === text2.length || end === at + 1 ? end : end - 1;
}

// ../../packages/tokenizers/pretokenize/src/cl100k.ts
var BLANK = 32;
function cl100k(text2, start) {
  const first = kindAt(text2, start);
  if ((first & LETTER) !== 0) return runEnd(text2, start, LETTER);
  if ((first & NUMBER) !== 0) return threeDigitsEnd(text2, start);
  const afterContraction = contractionEnd(text2, start, FOLD);
  if (afterContraction > start) return afterContraction;
  const next = start + ((first & PAIR) === 0 ? 1 : 2);
  const second = next < text2.length ? kindAt(text2, next) : 0;
  if ((second & LETTER) !== 0 && (first & NEWLINE) === 0) return runEnd(text2, next, LETTER);
  if ((first & SIGN) !== 0) return runEnd(text2, runEnd(text2, next, SIGN), NEWLINE);
  if ((second & SIGN) !== 0 && text2.charCodeAt(start) === BLANK) {
    return runEnd(text2, runEnd(text2, next, SIGN), NEWLINE);
  }
  return whiteSpaceEnd(text2, start, true);
}

// ../../packages/tokenizers/pretokenize/src/gpt2.ts
var BLANK2 = 32;
function gpt2(text2, start) {
  const afterContraction = contractionEnd(text2, start, 0);
  if (afterContraction > start) return afterContraction;
  const at = text2.charCodeAt(start) === BLANK2 && start + 1 < text2.length ? start + 1 : start;
  const kind = kindAt(text2, at);
  if ((kind & LETTER) !== 0) return runEnd(text2, at, LETTER);
  if ((kind & NUMBER) !== 0) return runEnd(text2, at, NUMBER);
  if ((kind & SPACE) === 0) return runEnd(text2, at, SIGN);
  return whiteSpaceEnd(text2, start, false);
}

// ../../packages/tokenizers/pretokenize/src/o200k.ts
var BLANK3 = 32;
var SLASH = 47;
var SHARED = CASELESS | MARK;
function wordEnd(text2, start) {
  let at = start;
  let afterShared = start;
  while (at < text2.length) {
    const kind = kindAt(text2, at);
    if ((kind & (UPPER | SHARED)) === 0) break;
    at += (kind & PAIR) === 0 ? 1 : 2;
    if ((kind & SHARED) !== 0) afterShared = at;
  }
  const end = runEnd(text2, at, LOWER | SHARED);
  return end === at && afterShared > start ? afterShared : end;
}
function signsEnd(text2, start) {
  let end = runEnd(text2, start, SIGN);
  while (end < text2.length && (text2.charCodeAt(end) === SLASH || (kindAt(text2, end) & NEWLINE) !== 0)) end++;
  return end;
}
function o200k(text2, start) {
  const first = kindAt(text2, start);
  if ((first & (LETTER | MARK)) !== 0) return contractionEnd(text2, wordEnd(text2, start), FOLD);
  if ((first & NUMBER) !== 0) return threeDigitsEnd(text2, start);
  const next = start + ((first & PAIR) === 0 ? 1 : 2);
  const second = next < text2.length ? kindAt(text2, next) : 0;
  if ((second & (LETTER | MARK)) !== 0 && (first & NEWLINE) === 0) {
    return contractionEnd(text2, wordEnd(text2, next), FOLD);
  }
  if ((first & SIGN) !== 0) return signsEnd(text2, start);
  if ((second & SIGN) !== 0 && text2.charCodeAt(start) === BLANK3) return signsEnd(text2, next);
  return whiteSpaceEnd(text2, start, true);
}

// ../../packages/tokenizers/pretokenize/src/pretokenize.ts
var whitespace = (text2, start) => runEnd(text2, start, (kindAt(text2, start) & SPACE) === 0 ? LETTER | NUMBER | SIGN : SPACE);
var scanners = { gpt2, cl100k, o200k, llama3: cl100k, whitespace };
function scanner(pattern) {
  if (!Object.hasOwn(scanners, pattern)) {
    throw new RangeError(
      `scanner: pattern must be one of ${Object.keys(scanners).join(", ")}, got ${JSON.stringify(pattern)}`
    );
  }
  return scanners[pattern];
}

// ../../packages/tokenizers/tokenizer/src/byte-level-model.ts
var ByteLevelModel = class {
  bpe;
  constructor(bpe) {
    this.bpe = bpe;
  }
  get vocabSize() {
    return this.bpe.vocabSize;
  }
  encode(text2, scanner2) {
    return this.bpe.encode(text2, scanner2);
  }
  tokenBytes(id2) {
    return this.bpe.tokenBytes(id2);
  }
  idToToken(id2) {
    const bytes2 = this.bpe.tokenBytes(id2);
    return bytes2 && written(bytes2);
  }
  tokenToId(token) {
    const bytes2 = bytesOf(token);
    return bytes2 && this.bpe.tokenId(bytes2);
  }
  toJSON({ expression: expression2, builtIn }) {
    const names = [];
    const vocab = /* @__PURE__ */ Object.create(null);
    for (const [bytes2, id2] of this.bpe.tokens()) {
      names[id2] = written(bytes2);
      vocab[names[id2]] = id2;
    }
    const byteLevel2 = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: builtIn };
    const split = { type: "Split", pattern: { Regex: expression2 }, behavior: "Isolated", invert: false };
    return {
      pre_tokenizer: builtIn ? byteLevel2 : { type: "Sequence", pretokenizers: [split, byteLevel2] },
      decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        type: "BPE",
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: this.bpe.wholePieces,
        vocab,
        merges: this.bpe.merges().map(([left, right]) => [names[left], names[right]])
      }
    };
  }
};
function bytesOf(token) {
  const bytes2 = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = unicodeToByte.get(token[i]);
    if (byte === void 0) return void 0;
    bytes2[i] = byte;
  }
  return bytes2;
}
function written(bytes2) {
  let token = "";
  for (const byte of bytes2) token += byteToUnicode[byte];
  return token;
}

// ../../packages/tokenizers/tokenizer/src/error.ts
var TokenizerError = class extends Error {
  name = "TokenizerError";
};

// ../../packages/tokenizers/tokenizer/src/char-model.ts
var EVERY_CHARACTER = "[\\s\\S]";
var CharModel = class {
  vocabSize;
  unknown;
  #ids;
  #characters = /* @__PURE__ */ new Map();
  constructor({ vocab, unknown }) {
    this.#ids = vocab;
    this.unknown = unknown;
    let limit = 0;
    for (const [character, id2] of vocab) {
      if ([...character].length !== 1) {
        throw new TokenizerError(`CharModel: ${JSON.stringify(character)} is not one character`);
      }
      if (!Number.isSafeInteger(id2) || id2 < 0) throw new TokenizerError(`CharModel: ${String(id2)} is not an id`);
      const twin = this.#characters.get(id2);
      if (twin !== void 0) {
        throw new TokenizerError(
          `CharModel: ${JSON.stringify(twin)} and ${JSON.stringify(character)} have the id ${id2}`
        );
      }
      this.#characters.set(id2, character);
      limit = Math.max(limit, id2 + 1);
    }
    this.vocabSize = limit;
  }
  encode(text2) {
    const ids = [];
    let position = 0;
    for (const found of text2) {
      const character = wellFormed(found);
      const id2 = this.#ids.get(character) ?? this.unknown?.id;
      if (id2 === void 0) {
        throw new TokenizerError(
          `Tokenizer.encode: the character ${JSON.stringify(character)} at position ${position} is not in the vocabulary of ${this.#ids.size} characters; train with it, or with unknownToken: "<unk>"`
        );
      }
      ids.push(id2);
      position += found.length;
    }
    return ids;
  }
  tokenBytes(id2) {
    const character = this.#characters.get(id2);
    return character === void 0 ? void 0 : new TextEncoder().encode(character);
  }
  idToToken(id2) {
    return this.#characters.get(id2);
  }
  tokenToId(token) {
    return this.#ids.get(token);
  }
  toJSON() {
    const vocab = /* @__PURE__ */ Object.create(null);
    for (const [character, id2] of this.#ids) vocab[character] = id2;
    if (this.unknown) vocab[this.unknown.token] = this.unknown.id;
    return {
      pre_tokenizer: { type: "Split", pattern: { Regex: EVERY_CHARACTER }, behavior: "Isolated", invert: false },
      decoder: { type: "Fuse" },
      model: {
        type: "BPE",
        dropout: null,
        unk_token: this.unknown?.token ?? null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab,
        merges: []
      }
    };
  }
};
function wellFormed(character) {
  return /^[\ud800-\udfff]$/.test(character) ? "\uFFFD" : character;
}

// ../../packages/tokenizers/tokenizer/src/decode-stream.ts
var DecodeStream = class {
  #bytesOf;
  #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  constructor(bytesOf2) {
    this.#bytesOf = bytesOf2;
  }
  /** The text that is complete with this id, perhaps none. */
  push(id2) {
    return this.#decoder.decode(this.#bytesOf(id2), { stream: true });
  }
  /** What is left at the end: U+FFFD for a character that was never finished, or nothing. */
  flush() {
    return this.#decoder.decode();
  }
};

// ../../packages/tokenizers/bpe/src/error.ts
var BpeError = class extends Error {
  name = "BpeError";
};

// ../../packages/tokenizers/bpe/src/pair-map.ts
var EMPTY = -1;
var PairMap = class {
  size = 0;
  #table;
  #mask;
  #seed = Math.random() * 4294967296 | 0;
  /** `capacity`: how many pairs to expect; the map grows when there are more. */
  constructor(capacity = 1024) {
    let slots = 16;
    while (slots < capacity * 2) slots *= 2;
    this.#table = new Int32Array(slots * 3).fill(EMPTY);
    this.#mask = slots - 1;
  }
  /** The value of a pair, or -1. */
  get(left, right) {
    const table = this.#table;
    return table[this.#find(table, left, right) + 2];
  }
  set(left, right, value) {
    let at = this.#find(this.#table, left, right);
    if (this.#table[at] === EMPTY) {
      if (this.size * 2 > this.#mask) {
        this.#rehash();
        at = this.#find(this.#table, left, right);
      }
      this.size++;
      this.#table[at] = left;
      this.#table[at + 1] = right;
    }
    this.#table[at + 2] = value;
  }
  /** All pairs with their values, [left, right, value], in no order that means anything. */
  entries() {
    const found = [];
    const table = this.#table;
    for (let at = 0; at < table.length; at += 3) {
      if (table[at] !== EMPTY) found.push([table[at], table[at + 1], table[at + 2]]);
    }
    return found;
  }
  /** Where the pair is, or where it would be put; an empty slot holds -1 as its value too. */
  #find(table, left, right) {
    const mask = this.#mask;
    let h = Math.imul(left ^ this.#seed, 2654435761);
    h = Math.imul((h ^ h >>> 15) + right, 2246822507);
    let slot = (h ^ h >>> 13) & mask;
    for (; ; ) {
      const at = slot * 3;
      const held = table[at];
      if (held === EMPTY || held === left && table[at + 1] === right) return at;
      slot = slot + 1 & mask;
    }
  }
  #rehash() {
    const old = this.#table;
    this.#table = new Int32Array(old.length * 2).fill(EMPTY);
    this.#mask = this.#mask * 2 + 1;
    for (let i = 0; i < old.length; i += 3) {
      if (old[i] === EMPTY) continue;
      const at = this.#find(this.#table, old[i], old[i + 1]);
      for (let k = 0; k < 3; k++) this.#table[at + k] = old[i + k];
    }
  }
};

// ../../packages/tokenizers/bpe/src/grow.ts
function grow(array2, size) {
  if (size <= array2.length) return array2;
  const larger = new array2.constructor(Math.max(size, array2.length * 2));
  larger.set(array2);
  return larger;
}

// ../../packages/tokenizers/bpe/src/vocabulary.ts
var MAX_ID = 1 << 21;
var MAX_TOKEN = 1 << 24;
var Vocabulary = class {
  /** Number of tokens. */
  size = 0;
  /** Highest id + 1. */
  idLimit = 0;
  bytes = new Uint8Array(4096);
  /** Where a token's bytes start in `bytes`, and how many there are; 0 for an id that is not used. */
  starts = new Int32Array(512);
  lengths = new Int32Array(512);
  base = Math.random() * 4294967296 & ~7 | 5;
  #used = 0;
  #slots = new Int32Array(1024).fill(-1);
  #hashes = new Int32Array(512);
  /** Adds a token; throws BpeError for an id or bytes that are there already. */
  add(token, id2) {
    if (!Number.isInteger(id2) || id2 < 0 || id2 >= MAX_ID) {
      throw new BpeError(`BPE: a token id must be an integer from 0 to ${MAX_ID - 1}, got ${String(id2)}`);
    }
    if (token.length === 0) throw new BpeError(`BPE: token ${id2} has no bytes`);
    if (id2 < this.idLimit && this.lengths[id2] !== 0) throw new BpeError(`BPE: two tokens have the id ${id2}`);
    const hash = this.hash(token, 0, token.length);
    const twin = this.find(hash, token, 0, token.length);
    if (twin !== -1) throw new BpeError(`BPE: the tokens ${twin} and ${id2} have the same bytes [${token.join(" ")}]`);
    this.#reserve(id2, token.length);
    this.bytes.set(token, this.#used);
    this.starts[id2] = this.#used;
    this.lengths[id2] = token.length;
    this.#used += token.length;
    this.#hashes[id2] = hash;
    this.#insert(id2);
    this.size++;
  }
  hash(bytes2, start, end) {
    let h = 0;
    for (let i = start; i < end; i++) h = Math.imul(h, this.base) + bytes2[i] + 1 | 0;
    return h;
  }
  /** The id of the token `bytes[start, end)`, whose hash is given, or -1. */
  find(hash, bytes2, start, end) {
    const mask = this.#slots.length - 1;
    for (let slot = spread(hash) & mask; ; slot = slot + 1 & mask) {
      const id2 = this.#slots[slot];
      if (id2 === -1 || this.#hashes[id2] === hash && this.#equals(id2, bytes2, start, end)) return id2;
    }
  }
  /** The id of a token, or -1. */
  idOf(token) {
    return this.find(this.hash(token, 0, token.length), token, 0, token.length);
  }
  /** The bytes of a token (a view), or undefined for an id that is not used. */
  bytesOf(id2) {
    const length = this.lengths[id2];
    return length ? this.bytes.subarray(this.starts[id2], this.starts[id2] + length) : void 0;
  }
  #equals(id2, bytes2, start, end) {
    if (this.lengths[id2] !== end - start) return false;
    const own = this.bytes;
    for (let i = start, k = this.starts[id2]; i < end; i++, k++) if (own[k] !== bytes2[i]) return false;
    return true;
  }
  #reserve(id2, length) {
    this.bytes = grow(this.bytes, this.#used + length);
    this.idLimit = Math.max(this.idLimit, id2 + 1);
    this.starts = grow(this.starts, id2 + 1);
    this.lengths = grow(this.lengths, id2 + 1);
    this.#hashes = grow(this.#hashes, id2 + 1);
    if (this.size * 2 < this.#slots.length) return;
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    for (let k = 0; k < this.idLimit; k++) if (this.lengths[k]) this.#insert(k);
  }
  #insert(id2) {
    const mask = this.#slots.length - 1;
    let slot = spread(this.#hashes[id2]) & mask;
    while (this.#slots[slot] !== -1) slot = slot + 1 & mask;
    this.#slots[slot] = id2;
  }
};
function concatenate(a2, b2) {
  if (a2.length + b2.length > MAX_TOKEN) {
    throw new BpeError(`BPE: a token of ${a2.length + b2.length} bytes is too long (${MAX_TOKEN} at most)`);
  }
  const joined = new Uint8Array(a2.length + b2.length);
  joined.set(a2);
  joined.set(b2, a2.length);
  return joined;
}
function spread(hash) {
  const h = Math.imul(hash ^ hash >>> 16, 73244475);
  return h ^ h >>> 15;
}

// ../../packages/tokenizers/bpe/src/derive-merges.ts
function mergesFromVocabulary(vocabulary) {
  const ranks = new PairMap(vocabulary.size * 2);
  const merged = new Int32Array(vocabulary.idLimit);
  const { bytes: bytes2, base, starts, lengths } = vocabulary;
  for (let id2 = 0; id2 < vocabulary.idLimit; id2++) {
    merged[id2] = id2;
    const length = lengths[id2];
    const start = starts[id2];
    const whole = vocabulary.hash(bytes2, start, start + length);
    let suffix = 0;
    let power = 1;
    for (let cut = start + length - 1; cut > start; cut--) {
      suffix = suffix + Math.imul(bytes2[cut] + 1, power) | 0;
      power = Math.imul(power, base);
      const right = vocabulary.find(suffix, bytes2, cut, start + length);
      if (right === -1) continue;
      const prefix = Math.imul(whole - suffix, inverse(power));
      const left = vocabulary.find(prefix, bytes2, start, cut);
      if (left !== -1) ranks.set(left, right, id2);
    }
  }
  return { ranks, merged };
}
function inverse(x) {
  let y = x;
  for (let i = 0; i < 4; i++) y = Math.imul(y, 2 - Math.imul(x, y));
  return y;
}
function mergesFromPairs(pairs, vocabulary, extend) {
  const ranks = new PairMap(vocabulary.size);
  const merged = [];
  let count = 0;
  for (const [left, right] of pairs) {
    const a2 = vocabulary.bytesOf(left);
    const b2 = vocabulary.bytesOf(right);
    const where = `BPE: merge ${count} [${left}, ${right}]`;
    if (!a2 || !b2) throw new BpeError(`${where} names the id ${a2 ? right : left}, which no token has`);
    const joined = concatenate(a2, b2);
    let id2 = vocabulary.idOf(joined);
    if (id2 === -1) {
      if (!extend) throw new BpeError(`${where} makes a token that the vocabulary lacks: bytes [${joined.join(" ")}]`);
      id2 = vocabulary.idLimit;
      vocabulary.add(joined, id2);
    }
    if (id2 !== merged.at(-1)) merged.push(id2);
    if (ranks.get(left, right) === -1) ranks.set(left, right, merged.length - 1);
    count++;
  }
  return { ranks, merged: Int32Array.from(merged) };
}
function pairsInOrder({ ranks }) {
  const entries = ranks.entries().sort((a2, b2) => a2[2] - b2[2] || a2[0] - b2[0] || a2[1] - b2[1]);
  return entries.map(([left, right]) => [left, right]);
}

// ../../packages/tokenizers/bpe/src/heap.ts
var Heap = class {
  size = 0;
  #items;
  #before;
  constructor(before, capacity = 64) {
    this.#before = before;
    this.#items = new Float64Array(capacity);
  }
  push(item) {
    this.#items = grow(this.#items, this.size + 1);
    const items = this.#items;
    let at = this.size++;
    while (at > 0) {
      const parent = at - 1 >> 1;
      if (!this.#before(item, items[parent])) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }
  /** Takes the first item away; only while `size` is above 0. */
  pop() {
    const items = this.#items;
    const first = items[0];
    const size = --this.size;
    const item = items[size];
    let at = 0;
    for (; ; ) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#before(items[child + 1], items[child])) child++;
      if (!this.#before(items[child], item)) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = item;
    return first;
  }
};

// ../../packages/tokenizers/bpe/src/merge.ts
var SHORT = 64;
var NONE = 2147483647;
var shortRanks = new Int32Array(SHORT);
function merge(merges, ids, n) {
  return n <= SHORT ? mergeShort(merges, ids, n) : mergeLong(merges, ids, n);
}
function mergeShort({ ranks, merged }, ids, n) {
  const rank = shortRanks;
  for (let i = 0; i + 1 < n; i++) rank[i] = rankOf(ranks, ids[i], ids[i + 1]);
  while (n > 1) {
    let best = 0;
    let lowest = rank[0];
    for (let i = 1; i + 1 < n; i++) {
      if (rank[i] < lowest) {
        lowest = rank[i];
        best = i;
      }
    }
    if (lowest === NONE) break;
    ids[best] = merged[lowest];
    n--;
    for (let i = best + 1; i < n; i++) {
      ids[i] = ids[i + 1];
      rank[i] = rank[i + 1];
    }
    if (best + 1 < n) rank[best] = rankOf(ranks, ids[best], ids[best + 1]);
    if (best > 0) rank[best - 1] = rankOf(ranks, ids[best - 1], ids[best]);
  }
  return n;
}
function rankOf(ranks, left, right) {
  const rank = ranks.get(left, right);
  return rank === -1 ? NONE : rank;
}
var POSITIONS = 2 ** 32;
var lower = (a2, b2) => a2 < b2;
function mergeLong({ ranks, merged }, ids, n) {
  const next = new Int32Array(n + 1);
  const previous = new Int32Array(n + 1);
  const rank = new Int32Array(n);
  const heap = new Heap(lower, n);
  const offer = (at) => {
    rank[at] = next[at] < n ? ranks.get(ids[at], ids[next[at]]) : -1;
    if (rank[at] !== -1) heap.push(rank[at] * POSITIONS + at);
  };
  for (let i = 0; i < n; i++) {
    next[i] = i + 1;
    previous[i] = i - 1;
    offer(i);
  }
  while (heap.size > 0) {
    const key = heap.pop();
    const best = Math.floor(key / POSITIONS);
    const at = key - best * POSITIONS;
    if (rank[at] !== best) continue;
    const gone = next[at];
    ids[at] = merged[best];
    rank[gone] = -1;
    next[at] = next[gone];
    previous[next[at]] = at;
    offer(at);
    if (previous[at] >= 0) offer(previous[at]);
  }
  let left = 0;
  for (let i = 0; i < n; i = next[i]) ids[left++] = ids[i];
  return left;
}

// ../../packages/tokenizers/bpe/src/piece-cache.ts
var SLOTS = 1 << 17;
var PROBES = 8;
var KEY_UNITS = 1 << 20;
var ID_COUNT = 1 << 20;
var MAX_CACHED = 48;
var PieceCache = class {
  // A slot: hash, start of the key in #keys, length of the key (0: empty) and number of ids << 8, start of the ids in #ids.
  #slots = new Int32Array(SLOTS * 4);
  #keys = new Uint16Array(KEY_UNITS);
  #ids = new Int32Array(ID_COUNT);
  #keysUsed = 0;
  #idsUsed = 0;
  // The last piece that was looked for and not found: its hash and the slot for it.
  #hash = 0;
  #slot = 0;
  /** Appends the ids of `text[start, end)` to `out` if they are known. */
  append(text2, start, end, out) {
    let hash = end - start;
    for (let i = start; i < end; i++) hash = Math.imul(hash + text2.charCodeAt(i), 2654435761);
    hash = Math.imul(hash ^ hash >>> 15, 739982445);
    hash ^= hash >>> 12;
    const slots = this.#slots;
    const home = hash & SLOTS - 1;
    this.#hash = hash;
    this.#slot = home * 4;
    for (let probe = 0; probe < PROBES; probe++) {
      const at = (home + probe & SLOTS - 1) * 4;
      const sizes = slots[at + 2];
      if (sizes === 0) {
        this.#slot = at;
        return false;
      }
      if (slots[at] === hash && (sizes & 255) === end - start && this.#equals(slots[at + 1], text2, start, end)) {
        const first = slots[at + 3];
        const ids = this.#ids;
        for (let i = first; i < first + (sizes >> 8); i++) out.push(ids[i]);
        return true;
      }
    }
    return false;
  }
  /** Keeps the first `n` of `ids` for `text[start, end)`, the piece that `append` has just not found. */
  keep(text2, start, end, ids, n) {
    if (this.#keysUsed + end - start > KEY_UNITS || this.#idsUsed + n > ID_COUNT) {
      this.#slots.fill(0);
      this.#keysUsed = 0;
      this.#idsUsed = 0;
    }
    const at = this.#slot;
    this.#slots[at] = this.#hash;
    this.#slots[at + 1] = this.#keysUsed;
    this.#slots[at + 2] = end - start | n << 8;
    this.#slots[at + 3] = this.#idsUsed;
    for (let i = start; i < end; i++) this.#keys[this.#keysUsed++] = text2.charCodeAt(i);
    for (let i = 0; i < n; i++) this.#ids[this.#idsUsed++] = ids[i];
  }
  #equals(key, text2, start, end) {
    const keys = this.#keys;
    for (let i = start, k = key; i < end; i++, k++) if (keys[k] !== text2.charCodeAt(i)) return false;
    return true;
  }
};

// ../../packages/tokenizers/bpe/src/utf8.ts
function writeUtf8(text2, start, end, out) {
  let n = 0;
  for (let i = start; i < end; i++) {
    let code = text2.charCodeAt(i);
    if (code < 128) {
      out[n++] = code;
      continue;
    }
    if (code >= 55296 && code <= 57343) {
      const next = code < 56320 && i + 1 < end ? text2.charCodeAt(i + 1) : 0;
      if (next >= 56320 && next <= 57343) {
        code = 65536 + (code - 55296 << 10) + (next - 56320);
        i++;
      } else code = 65533;
    }
    if (code < 2048) {
      out[n++] = 192 | code >> 6;
    } else {
      if (code < 65536) out[n++] = 224 | code >> 12;
      else {
        out[n++] = 240 | code >> 18;
        out[n++] = 128 | code >> 12 & 63;
      }
      out[n++] = 128 | code >> 6 & 63;
    }
    out[n++] = 128 | code & 63;
  }
  return n;
}
function utf8(text2) {
  const out = new Uint8Array(text2.length * 3);
  return out.slice(0, writeUtf8(text2, 0, text2.length, out));
}

// ../../packages/tokenizers/bpe/src/bpe.ts
var BPE = class _BPE {
  #vocabulary;
  #merges;
  /** Whether a piece that is a token is that token, whatever the merges make of it. */
  wholePieces;
  #byteIds = new Int32Array(256);
  #cache = new PieceCache();
  #bytes = new Uint8Array(MAX_CACHED * 3);
  #ids = new Int32Array(MAX_CACHED * 3);
  #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  constructor(vocabulary, merges, wholePieces) {
    this.#vocabulary = vocabulary;
    this.#merges = merges;
    this.wholePieces = wholePieces;
    for (let byte = 0; byte < 256; byte++) this.#byteIds[byte] = vocabulary.idOf(Uint8Array.of(byte));
  }
  /** From tiktoken's ranks: tokens and their ids, which are also the order of joining. Throws BpeError for ids or bytes that come twice. */
  static fromRanks(ranks) {
    const vocabulary = vocabularyOf(ranks);
    return new _BPE(vocabulary, mergesFromVocabulary(vocabulary), true);
  }
  /** From merges, pairs of ids in the order of joining. Throws BpeError for a merge of, or into, a token that is not there. */
  static fromMerges(merges, options = {}) {
    const vocabulary = vocabularyOf(options.vocabulary ?? byteTokens());
    const derived = mergesFromPairs(merges, vocabulary, options.vocabulary === void 0);
    return new _BPE(vocabulary, derived, options.wholePieces ?? false);
  }
  /** Highest id + 1. */
  get vocabSize() {
    return this.#vocabulary.idLimit;
  }
  /** The ids of `text`, cut into pieces by `scanner`; without one the text is a single piece. */
  encode(text2, scanner2) {
    const out = [];
    for (let start = 0; start < text2.length; ) {
      const end = scanner2 ? scanner2(text2, start) : text2.length;
      if (!(end > start)) throw new BpeError(`BPE.encode: the scanner made no step at position ${start}, got ${end}`);
      this.#encodePiece(text2, start, Math.min(end, text2.length), out);
      start = end;
    }
    return out;
  }
  /** The ids of text that is cut already. */
  encodePieces(pieces) {
    const out = [];
    for (const piece of pieces) this.#encodePiece(piece, 0, piece.length, out);
    return out;
  }
  /** The ids of one piece given as bytes, which need not be UTF-8. */
  encodeBytes(piece) {
    const ids = new Int32Array(piece.length);
    return Array.from(ids.subarray(0, this.#mergeBytes(piece, piece.length, ids)));
  }
  /** The bytes of the tokens, joined. Throws BpeError for an id that no token has. */
  decodeBytes(ids) {
    const tokens = [];
    let length = 0;
    for (const id2 of ids) {
      const token = this.#vocabulary.bytesOf(id2);
      if (!token) throw new BpeError(`BPE.decode: no token has the id ${String(id2)} (ids are below ${this.vocabSize})`);
      tokens.push(token);
      length += token.length;
    }
    const out = new Uint8Array(length);
    let at = 0;
    for (const token of tokens) {
      out.set(token, at);
      at += token.length;
    }
    return out;
  }
  /** The text of the tokens; bytes that are not UTF-8 become U+FFFD. Throws BpeError for an id that no token has. */
  decode(ids) {
    return this.#decoder.decode(this.decodeBytes(ids));
  }
  /** The pairs that are joined, in order, for `BPE.fromMerges`: of a vocabulary made from ranks, all ways to cut each token in two. */
  merges() {
    return pairsInOrder(this.#merges);
  }
  /** All tokens and their ids, by rising id. */
  *tokens() {
    for (let id2 = 0; id2 < this.vocabSize; id2++) {
      const token = this.tokenBytes(id2);
      if (token) yield [token, id2];
    }
  }
  /** The bytes of one token (a copy), or undefined. */
  tokenBytes(id2) {
    return this.#vocabulary.bytesOf(id2)?.slice();
  }
  /** The id of a token given as bytes or as text, or undefined. */
  tokenId(token) {
    const id2 = this.#vocabulary.idOf(typeof token === "string" ? utf8(token) : token);
    return id2 === -1 ? void 0 : id2;
  }
  #encodePiece(text2, start, end, out) {
    const short2 = end - start <= MAX_CACHED;
    if (short2 && this.#cache.append(text2, start, end, out)) return;
    const bytes2 = short2 ? this.#bytes : new Uint8Array((end - start) * 3);
    const length = writeUtf8(text2, start, end, bytes2);
    const ids = short2 ? this.#ids : new Int32Array(length);
    const n = this.#mergeBytes(bytes2, length, ids);
    for (let i = 0; i < n; i++) out.push(ids[i]);
    if (short2) this.#cache.keep(text2, start, end, ids, n);
  }
  /** Encodes the piece `bytes[0, length)` into `ids`, which has room for a symbol a byte; returns how many ids. */
  #mergeBytes(bytes2, length, ids) {
    if (this.wholePieces && length > 1) {
      const whole = this.#vocabulary.find(this.#vocabulary.hash(bytes2, 0, length), bytes2, 0, length);
      if (whole !== -1) {
        ids[0] = whole;
        return 1;
      }
    }
    for (let i = 0; i < length; i++) {
      const id2 = this.#byteIds[bytes2[i]];
      if (id2 === -1) throw new BpeError(`BPE.encode: the vocabulary has no token for the byte ${bytes2[i]}`);
      ids[i] = id2;
    }
    return merge(this.#merges, ids, length);
  }
};
function vocabularyOf(tokens) {
  const vocabulary = new Vocabulary();
  for (const [token, id2] of tokens) vocabulary.add(token, id2);
  return vocabulary;
}
function* byteTokens() {
  for (let byte = 0; byte < 256; byte++) yield [Uint8Array.of(byte), byte];
}

// ../../packages/tokenizers/bpe/src/tiktoken.ts
function parseTiktoken(text2) {
  const ranks = [];
  let number = 0;
  for (const line of text2.split("\n")) {
    number++;
    const fields = line.trim().split(" ");
    if (fields[0] === "") continue;
    const compact = fields[0] === "!" && fields.length > 2;
    const rank = compact || fields.length === 2 ? Number(fields[1] || "NaN") : Number.NaN;
    if (!Number.isInteger(rank)) {
      throw new BpeError(`parseTiktoken: line ${number} must be "BASE64 RANK", got "${line.slice(0, 40)}"`);
    }
    const tokens = compact ? fields.slice(2) : fields.slice(0, 1);
    tokens.forEach((token, i) => {
      ranks.push([fromBase64(token, number), rank + i]);
    });
  }
  return ranks;
}
function fromBase64(token, line) {
  try {
    return Uint8Array.from(atob(token), (c) => c.charCodeAt(0));
  } catch {
    throw new BpeError(`parseTiktoken: line ${line} has a token that is not base64: "${token.slice(0, 40)}"`);
  }
}

// ../../packages/tokenizers/tokenizer/src/added-tokens.ts
var AddedTokens = class {
  byContent;
  byId;
  #always;
  #all;
  constructor(tokens) {
    const byContent = /* @__PURE__ */ new Map();
    const byId = /* @__PURE__ */ new Map();
    for (const token of tokens) {
      if (token.content === "") throw new TokenizerError(`Tokenizer: the added token ${token.id} is empty`);
      if (byContent.has(token.content)) {
        throw new TokenizerError(`Tokenizer: the token ${JSON.stringify(token.content)} is added twice`);
      }
      if (byId.has(token.id)) throw new TokenizerError(`Tokenizer: two added tokens have the id ${token.id}`);
      byContent.set(token.content, token);
      byId.set(token.id, token);
    }
    this.byContent = byContent;
    this.byId = byId;
    const contents = [...byContent.keys()];
    this.#all = expression(contents);
    this.#always = expression(contents.filter((content) => !byContent.get(content).special));
  }
  /** Hands the stretches between added tokens to `text`, and the tokens to `token`, in order. */
  split(input, options, text2, token) {
    const found = this.#expression(input, options);
    let start = 0;
    for (const match of found ? input.matchAll(found) : []) {
      if (match.index > start) text2(input.slice(start, match.index));
      token(this.byContent.get(match[0]).id);
      start = match.index + match[0].length;
    }
    if (start < input.length) text2(start === 0 ? input : input.slice(start));
  }
  #expression(input, { allowedSpecial = [], disallowedSpecial = "text" }) {
    if (allowedSpecial === "all") return this.#all;
    const allowed = new Set(allowedSpecial);
    for (const content of allowed) {
      if (!this.byContent.get(content)?.special) {
        throw new TokenizerError(
          `Tokenizer.encode: allowedSpecial names ${JSON.stringify(content)}, no special token here`
        );
      }
    }
    const disallowed = [...this.byContent.values()].filter(({ special, content }) => special && !allowed.has(content));
    if (disallowedSpecial === "error") {
      const match = expression(disallowed.map(({ content }) => content))?.exec(input);
      if (match) {
        throw new TokenizerError(
          `Tokenizer.encode: the text has the special token ${JSON.stringify(match[0])} at position ${match.index}; allow it with allowedSpecial, or take it as text with disallowedSpecial: "text"`
        );
      }
    }
    if (allowed.size === 0) return this.#always;
    return expression(
      [...this.byContent.values()].filter((t2) => !t2.special || allowed.has(t2.content)).map((t2) => t2.content)
    );
  }
};
function expression(texts) {
  if (texts.length === 0) return void 0;
  const longestFirst = [...texts].sort((a2, b2) => b2.length - a2.length);
  return new RegExp(longestFirst.map((text2) => text2.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|"), "g");
}

// ../../packages/tokenizers/normalize/src/compose.ts
function compose(...normalizers2) {
  return (text2) => normalizers2.reduce((current, normalize) => normalize(current), text2);
}

// ../../packages/tokenizers/normalize/src/text.ts
var lowercase = (text2) => text2.toLowerCase();

// ../../packages/tokenizers/normalize/src/unicode.ts
var nfc = (text2) => text2.normalize("NFC");
var nfd = (text2) => text2.normalize("NFD");
var nfkc = (text2) => text2.normalize("NFKC");
var nfkd = (text2) => text2.normalize("NFKD");

// ../../packages/tokenizers/tokenizer/src/normalizers.ts
var normalizers = {
  NFC: nfc,
  NFD: nfd,
  NFKC: nfkc,
  NFKD: nfkd,
  Lowercase: lowercase
};
function normalizerOf(names) {
  for (const name of names) {
    if (!Object.hasOwn(normalizers, name)) {
      const known = Object.keys(normalizers).join(", ");
      throw new TokenizerError(`Tokenizer: a normalizer must be one of ${known}, got ${JSON.stringify(name)}`);
    }
  }
  return compose(...names.map((name) => normalizers[name]));
}
function normalizersToJSON(names) {
  const entries = names.map((type) => ({ type }));
  if (entries.length < 2) return entries[0] ?? null;
  return { type: "Sequence", normalizers: entries };
}

// ../../packages/tokenizers/tokenizer/src/patterns.ts
var cl100k2 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
var expressions = {
  gpt2: "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  cl100k: cl100k2,
  o200k: "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  llama3: cl100k2,
  whitespace: "\\s+|\\S+"
};
function patternOf(expression2) {
  const names = Object.keys(expressions);
  return names.find((name) => expressions[name] === expression2);
}
function scannerOf(pattern) {
  if (!Object.hasOwn(expressions, pattern)) {
    const known = Object.keys(expressions).join(", ");
    throw new TokenizerError(`Tokenizer: pattern must be one of ${known}, got ${JSON.stringify(pattern)}`);
  }
  return scanner(pattern);
}

// ../../packages/tokenizers/tokenizer/src/check.ts
function fail(path, expected, got) {
  const shown = typeof got === "object" && got !== null ? Array.isArray(got) ? "an array" : "an object" : JSON.stringify(got);
  const cut = shown && shown.length > 60 ? `${shown.slice(0, 60)}\u2026` : shown ?? "nothing";
  throw new TokenizerError(`tokenizer.json: ${path} must be ${expected}, got ${cut}`);
}
function object(value, path) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(path, "an object", value);
  return value;
}
function array(value, path) {
  return Array.isArray(value) ? value : fail(path, "an array", value);
}
function string(value, path) {
  return typeof value === "string" ? value : fail(path, "a string", value);
}
var MAX_ID2 = 2 ** 21;
function id(value, path) {
  const valid = typeof value === "number" && Number.isInteger(value) && value >= 0 && value < MAX_ID2;
  return valid ? value : fail(path, `an id, an integer from 0 to ${MAX_ID2 - 1}`, value);
}
function field(value, name) {
  return Object.hasOwn(value, name) ? value[name] ?? void 0 : void 0;
}
function unset(value, names, path) {
  for (const name of names) {
    const got = field(value, name);
    if (got !== void 0 && got !== false && got !== "" && got !== 0)
      fail(`${path}.${name}`, "unset (not supported)", got);
  }
}

// ../../packages/tokenizers/tokenizer/src/read-json.ts
function readTokenizerJson(json, options) {
  const file = object(typeof json === "string" ? parse(json) : json, "the file");
  const addedTokens = readAddedTokens(field(file, "added_tokens"));
  const pattern = readPreTokenizer(field(file, "pre_tokenizer"), options);
  const model = object(field(file, "model"), "model");
  if (field(model, "type") !== void 0 && field(model, "type") !== "BPE") {
    fail("model.type", '"BPE", the only kind known here', field(model, "type"));
  }
  unset(model, ["dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback", "fuse_unk"], "model");
  return {
    model: pattern === "characters" ? readCharacters(model, addedTokens) : readBpe(model, addedTokens),
    ...pattern === void 0 ? { scanner: options.scanner } : pattern === "characters" ? {} : { pattern },
    normalizers: readNormalizers(field(file, "normalizer")),
    addedTokens
  };
}
function wrapErrors(where, f) {
  try {
    return f();
  } catch (error) {
    if (error instanceof BpeError) throw new TokenizerError(`${where}: ${error.message}`, { cause: error });
    throw error;
  }
}
function parse(text2) {
  try {
    return JSON.parse(text2);
  } catch (error) {
    throw new TokenizerError(`tokenizer.json: the file is not JSON, or cut off: ${error.message}`);
  }
}
function readAddedTokens(value) {
  return array(value ?? [], "added_tokens").map((each, i) => {
    const path = `added_tokens[${i}]`;
    const token = object(each, path);
    unset(token, ["single_word", "lstrip", "rstrip"], path);
    return {
      content: string(field(token, "content"), `${path}.content`),
      id: id(field(token, "id"), `${path}.id`),
      special: field(token, "special") === true
    };
  });
}
function readNormalizers(value) {
  if (value === void 0) return [];
  const normalizer = object(value, "normalizer");
  const inner = field(normalizer, "type") === "Sequence" ? array(field(normalizer, "normalizers"), "normalizer.normalizers") : [normalizer];
  return inner.map((each) => string(field(object(each, "normalizer"), "type"), "normalizer.type"));
}
function readPreTokenizer(value, { scanner: scanner2 }) {
  const outer = object(value, "pre_tokenizer");
  const stages = field(outer, "type") === "Sequence" ? array(field(outer, "pretokenizers"), "pre_tokenizer.pretokenizers") : [outer];
  let expression2;
  let byteLevel2 = false;
  for (const each of stages) {
    const stage = object(each, "pre_tokenizer");
    const type = field(stage, "type");
    if (type === "Split" && expression2 === void 0) expression2 = readSplit(stage);
    else if (type === "ByteLevel" && !byteLevel2) {
      byteLevel2 = true;
      unset(stage, ["add_prefix_space"], "pre_tokenizer");
      if (field(stage, "use_regex") !== false) {
        if (expression2 !== void 0) fail("pre_tokenizer", "a Split or ByteLevel's own expression, not both", outer);
        expression2 = expressions.gpt2;
      }
    } else fail("pre_tokenizer", "ByteLevel, or Split and ByteLevel", outer);
  }
  if (!byteLevel2 && expression2 === EVERY_CHARACTER) return "characters";
  if (!byteLevel2) fail("pre_tokenizer", "byte-level (a stage of type ByteLevel)", outer);
  const pattern = expression2 === void 0 ? void 0 : patternOf(expression2);
  if (!pattern && !scanner2) {
    fail(
      "pre_tokenizer",
      `one of the expressions of ${Object.keys(expressions).join(", ")} (else give a scanner)`,
      expression2
    );
  }
  return pattern;
}
function readSplit(stage) {
  if (field(stage, "behavior") !== "Isolated") fail("pre_tokenizer.behavior", '"Isolated"', field(stage, "behavior"));
  unset(stage, ["invert"], "pre_tokenizer");
  return string(
    field(object(field(stage, "pattern"), "pre_tokenizer.pattern"), "Regex"),
    "pre_tokenizer.pattern.Regex"
  );
}
function readBpe(model, addedTokens) {
  const special = new Set(addedTokens.filter((token) => token.special).map((token) => token.content));
  const ids = /* @__PURE__ */ new Map();
  const vocabulary = [];
  for (const [token, value] of Object.entries(object(field(model, "vocab"), "model.vocab"))) {
    if (special.has(token)) continue;
    const path = `model.vocab[${JSON.stringify(token)}]`;
    ids.set(token, id(value, path));
    vocabulary.push([
      bytesOf(token) ?? fail(path, "written in byte-level characters, such as \u0120 for a space", token),
      value
    ]);
  }
  const merges = array(field(model, "merges"), "model.merges").map(
    (merge2, i) => readMerge(merge2, `model.merges[${i}]`, ids)
  );
  const wholePieces = field(model, "ignore_merges") === true;
  return wrapErrors("tokenizer.json", () => new ByteLevelModel(BPE.fromMerges(merges, { vocabulary, wholePieces })));
}
function readMerge(merge2, path, ids) {
  const parts = typeof merge2 === "string" ? merge2.split(" ") : array(merge2, path);
  if (parts.length !== 2) fail(path, "two tokens", merge2);
  const idOf = (part) => ids.get(string(part, path)) ?? fail(path, "made of tokens of the vocabulary", part);
  return [idOf(parts[0]), idOf(parts[1])];
}
function readCharacters(model, addedTokens) {
  if (array(field(model, "merges"), "model.merges").length > 0)
    fail("model.merges", "empty, as tokens are characters", "merges");
  const added = new Map(addedTokens.map((token2) => [token2.content, token2.id]));
  const vocab = /* @__PURE__ */ new Map();
  for (const [token2, value] of Object.entries(object(field(model, "vocab"), "model.vocab"))) {
    const path = `model.vocab[${JSON.stringify(token2)}]`;
    if (!added.has(token2)) vocab.set(token2, id(value, path));
  }
  const token = field(model, "unk_token");
  if (token === void 0) return new CharModel({ vocab });
  const unknownId = added.get(string(token, "model.unk_token"));
  if (unknownId === void 0) fail("model.unk_token", "one of added_tokens", token);
  return new CharModel({ vocab, unknown: { token, id: unknownId } });
}

// ../../packages/tokenizers/tokenizer/src/tokenizer.ts
var NOTHING = new Uint8Array(0);
var Tokenizer = class _Tokenizer {
  model;
  #pattern;
  #scanner;
  #normalizers;
  #normalize;
  #added;
  constructor({
    model,
    scanner: scanner2,
    pattern = scanner2 ? void 0 : "gpt2",
    normalizers: normalizers2 = [],
    addedTokens = []
  }) {
    this.model = model;
    this.#pattern = pattern;
    this.#scanner = scanner2 ?? scannerOf(pattern);
    this.#normalizers = normalizers2;
    this.#normalize = normalizerOf(normalizers2);
    this.#added = new AddedTokens(addedTokens);
    for (const { content, id: id2 } of this.#added.byId.values()) {
      const own = model.idToToken(id2);
      if (own === void 0 || own === content || new TextDecoder().decode(model.tokenBytes(id2)) === content) continue;
      throw new TokenizerError(
        `Tokenizer: the id ${id2} is both the added token ${JSON.stringify(content)} and the model's ${JSON.stringify(own)}`
      );
    }
  }
  /** From the text of a `.tiktoken` file. Throws TokenizerError. */
  static fromTiktoken(text2, { pattern, specialTokens = {} }) {
    const bpe = wrapErrors("tiktoken", () => BPE.fromRanks(parseTiktoken(text2)));
    const addedTokens = Object.entries(specialTokens).map(([content, id2]) => ({ content, id: id2, special: true }));
    return new _Tokenizer({ model: new ByteLevelModel(bpe), pattern, addedTokens });
  }
  /** From a Hugging Face tokenizer.json, as text or parsed: byte-level BPE, or characters as written by `toJSON`. Throws TokenizerError. */
  static fromJSON(json, options = {}) {
    return new _Tokenizer(readTokenizerJson(json, options));
  }
  /** The tokenizer as a Hugging Face tokenizer.json, for JSON.stringify. */
  toJSON() {
    if (this.#pattern === void 0) {
      throw new TokenizerError("Tokenizer.toJSON: a scanner of one's own has no name in tokenizer.json; use a pattern");
    }
    const pattern = { expression: expressions[this.#pattern], builtIn: this.#pattern === "gpt2" };
    const { model, pre_tokenizer, decoder } = this.model.toJSON(pattern);
    const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
    return {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [...this.#added.byId.values()].sort((a2, b2) => a2.id - b2.id).map(({ id: id2, content, special }) => ({ id: id2, content, ...flags, special })),
      normalizer: normalizersToJSON(this.#normalizers),
      pre_tokenizer,
      post_processor: null,
      decoder,
      model
    };
  }
  /** Highest id + 1, special tokens included: the number of rows that an embedding needs. */
  get vocabSize() {
    let size = this.model.vocabSize;
    for (const id2 of this.#added.byId.keys()) size = Math.max(size, id2 + 1);
    return size;
  }
  /** Special token → id. */
  get specialTokens() {
    const special = [...this.#added.byContent.values()].filter((token) => token.special);
    return new Map(special.map(({ content, id: id2 }) => [content, id2]));
  }
  /** The ids of a text. Throws TokenizerError for what the vocabulary cannot say, and for special tokens if asked to. */
  encode(text2, options = {}) {
    let ids;
    const append = (part) => {
      const more = wrapErrors("Tokenizer.encode", () => this.model.encode(this.#normalize(part), this.#scanner));
      if (ids) for (const id2 of more) ids.push(id2);
      else ids = more;
    };
    this.#added.split(text2, options, append, (id2) => {
      ids ??= [];
      ids.push(id2);
    });
    return ids ?? [];
  }
  /** The ids of each text. */
  encodeBatch(texts, options = {}) {
    return Array.from(texts, (text2) => this.encode(text2, options));
  }
  /** The text of ids; bytes that are no UTF-8 become U+FFFD. Throws TokenizerError for an id that no token has. */
  decode(ids, options = {}) {
    const parts = [];
    let length = 0;
    for (const id2 of ids) length += parts[parts.push(this.#bytesOf(id2, options)) - 1].length;
    const bytes2 = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes2.set(part, at);
      at += part.length;
    }
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes2);
  }
  /** Decodes ids one by one; what it gives joined is what `decode` gives, and no part of it ends within a character. */
  decodeStream(options = {}) {
    return new DecodeStream((id2) => this.#bytesOf(id2, options));
  }
  /** The id of a token as tokenizer.json writes it ("Ġthe" for " the"), or undefined. */
  tokenToId(token) {
    return this.#added.byContent.get(token)?.id ?? this.model.tokenToId(token);
  }
  /** A token as tokenizer.json writes it, or undefined. */
  idToToken(id2) {
    return this.#added.byId.get(id2)?.content ?? this.model.idToToken(id2);
  }
  #bytesOf(id2, { specialTokens = "keep" }) {
    const added = this.#added.byId.get(id2);
    if (added) return added.special && specialTokens === "skip" ? NOTHING : new TextEncoder().encode(added.content);
    const bytes2 = this.model.tokenBytes(id2);
    if (bytes2) return bytes2;
    throw new TokenizerError(`Tokenizer.decode: no token has the id ${String(id2)} (ids are below ${this.vocabSize})`);
  }
};

// src/run/tokenizer.ts
async function readTokenizer(path) {
  const text2 = await readFile(path, "utf8").catch((error) => {
    throw new UserError(`cannot read the tokenizer ${path}: ${error.message}`);
  });
  return Tokenizer.fromJSON(text2);
}

// src/run/token-bytes.ts
function bytesOfTokens(tokenizer) {
  const special = new Set(tokenizer.specialTokens.values());
  return Int32Array.from({ length: tokenizer.vocabSize }, (_, id2) => special.has(id2) ? 0 : tokenizer.model.tokenBytes(id2)?.length ?? 0);
}

// src/demo/trigram.ts
var DISCOUNT = 0.75;
var Trigram = class {
  vocabSize;
  #contexts = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Map(), /* @__PURE__ */ new Map()];
  constructor(vocabSize) {
    this.vocabSize = vocabSize;
  }
  /** Counts a text. */
  add(tokens) {
    for (let i = 0; i < tokens.length; i++) {
      for (let order = 0; order <= Math.min(2, i); order++) {
        const key = keyOf(tokens, i, order);
        const contexts = this.#contexts[order];
        let successors = contexts.get(key);
        if (!successors) contexts.set(key, successors = { total: 0, counts: /* @__PURE__ */ new Map() });
        successors.total++;
        const token = tokens[i];
        successors.counts.set(token, (successors.counts.get(token) ?? 0) + 1);
      }
    }
  }
  /** Probability of `tokens[i]` after the two tokens before it. */
  probability(tokens, i) {
    let p = 1 / this.vocabSize;
    for (let order = 0; order <= Math.min(2, i); order++) {
      const successors = this.#contexts[order]?.get(keyOf(tokens, i, order));
      if (!successors) break;
      const { total: total2, counts } = successors;
      const count = counts.get(tokens[i]) ?? 0;
      p = Math.max(count - DISCOUNT, 0) / total2 + DISCOUNT * counts.size / total2 * p;
    }
    return p;
  }
  /** Sum of −ln p over the targets that count, all but the first token. */
  nats(tokens, counts = () => true) {
    let sum = 0;
    for (let i = 1; i < tokens.length; i++) {
      if (counts(tokens[i])) sum -= Math.log(this.probability(tokens, i));
    }
    return sum;
  }
};
function keyOf(tokens, i, order) {
  return order === 0 ? "" : order === 1 ? `${tokens[i - 1]}` : `${tokens[i - 2]} ${tokens[i - 1]}`;
}

// ../../packages/objectives/causal-lm/src/metrics.ts
function bitsPerByte({ nats, bytes: bytes2 }) {
  if (!(bytes2 > 0)) throw new RangeError(`bitsPerByte: bytes must be positive, got ${bytes2}`);
  return nats / (Math.LN2 * bytes2);
}

// src/tri.ts
var run = process.argv[2];
var tok = await readTokenizer(run + "/tokenizer.json");
var bytes = bytesOfTokens(tok);
var { train, validation } = openTokens(run + "/data");
var t = new Trigram(tok.vocabSize);
var a = performance.now();
t.add(train.read(0, train.length));
console.log("count s", (performance.now() - a) / 1e3);
var v = validation.read(0, Math.min(16001, validation.length));
var total = v.subarray(1).reduce((s, id2) => s + bytes[id2], 0);
console.log(train.length, validation.length, "token trigram bpb", bitsPerByte({ nats: t.nats(v, (id2) => bytes[id2] !== 0), bytes: total }));
var text = (ids) => new TextEncoder().encode(tok.decode(ids, { specialTokens: "skip" }));
var b = new Trigram(256);
b.add(text(train.read(0, train.length)));
var vb = text(v);
console.log("byte trigram bpb", bitsPerByte({ nats: b.nats(vb), bytes: vb.length - 1 }));
