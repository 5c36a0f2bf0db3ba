// A shard in memory: tokens to bytes and back.
//
// Tokens come out as int32, which is what tensors of ids are, whichever way they were stored.

import {
  bytesPerToken,
  encodeShardHeader,
  parseShardHeader,
  ShardError,
  type ShardFormat,
  type TokenDtype,
} from "./header.js";

/** How to store tokens. */
export interface EncodeOptions {
  /** Default "uint16". */
  dtype?: TokenDtype;
  /** Default "llm.c", with a header. */
  format?: "llm.c" | "nanogpt";
}

/** What the bytes are, where they do not say it. */
export interface DecodeOptions {
  /** Default "auto": llm.c's if its magic number is there, else nanoGPT's. */
  format?: ShardFormat;
  /** Of a file without header; default "uint16". */
  dtype?: TokenDtype;
}

/**
 * The bytes of a shard.
 * @throws RangeError for a token that does not fit the type
 */
export function encodeShard(
  tokens: ArrayLike<number>,
  { dtype = "uint16", format = "llm.c" }: EncodeOptions = {},
): Uint8Array {
  const header = format === "llm.c" ? encodeShardHeader(dtype, tokens.length) : new Uint8Array(0);
  const bytes = new Uint8Array(header.length + tokens.length * bytesPerToken(dtype));
  bytes.set(header);
  encodeTokens(tokens, dtype, bytes.subarray(header.length));
  return bytes;
}

/**
 * The tokens of a shard.
 * @throws ShardError when the bytes are truncated or of another kind
 */
export function decodeShard(bytes: Uint8Array, options: DecodeOptions = {}): Int32Array {
  const layout = parseShardHeader(bytes, bytes.length, options);
  return decodeTokens(bytes.subarray(layout.headerBytes), layout.dtype);
}

/** Writes tokens into `bytes`, little-endian. */
export function encodeTokens(tokens: ArrayLike<number>, dtype: TokenDtype, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Ids above 2^31 would turn negative as int32, so no type takes them.
  const limit = dtype === "uint16" ? 2 ** 16 : 2 ** 31;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as number;
    if (!(Number.isInteger(token) && token >= 0 && token < limit)) {
      const hint = dtype === "uint16" && token >= limit ? `; store it as uint32` : "";
      throw new RangeError(`encodeShard: token ${i} is ${token}, which is not a ${dtype} id below ${limit}${hint}`);
    }
    if (dtype === "uint16") view.setUint16(2 * i, token, true);
    else view.setUint32(4 * i, token, true);
  }
}

/** The tokens stored in `bytes`, little-endian. */
export function decodeTokens(bytes: Uint8Array, dtype: TokenDtype): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tokens = new Int32Array(bytes.length / bytesPerToken(dtype));
  for (let i = 0; i < tokens.length; i++) {
    const token = dtype === "uint16" ? view.getUint16(2 * i, true) : view.getInt32(4 * i, true);
    if (token < 0) throw new ShardError(`token ${i} is ${token >>> 0}, above 2^31: these bytes are no token ids`);
    tokens[i] = token;
  }
  return tokens;
}
