// The tokens' bytes, all in one pool, found by id or by content.
//
// Look-up by content goes through a polynomial hash, h(b0 b1 … bn) = Σ (b_i + 1) · B^(n - i) mod 2^32, because
// of such a hash the value for every prefix and suffix of a token follows from one pass over it: that is what
// lets `BPE.fromRanks` try every way to cut every token in two. B is drawn afresh, against made-up collisions.

import { BpeError } from "./error.js";
import { grow } from "./grow.js";

/** Ids must be below this: no vocabulary in use has a tenth of it, and a claim of billions must not allocate. */
export const MAX_ID: number = 1 << 21;

const MAX_TOKEN = 1 << 24;

/** Token bytes by id and ids by bytes. */
export class Vocabulary {
  /** Number of tokens. */
  size = 0;
  /** Highest id + 1. */
  idLimit = 0;
  bytes: Uint8Array = new Uint8Array(4096);
  /** Where a token's bytes start in `bytes`, and how many there are; 0 for an id that is not used. */
  starts: Int32Array = new Int32Array(512);
  lengths: Int32Array = new Int32Array(512);
  readonly base: number = ((Math.random() * 0x1_0000_0000) & ~7) | 5;
  #used = 0;
  #slots = new Int32Array(1024).fill(-1);
  #hashes = new Int32Array(512);

  /** Adds a token; throws BpeError for an id or bytes that are there already. */
  add(token: Uint8Array, id: number): void {
    if (!Number.isInteger(id) || id < 0 || id >= MAX_ID) {
      throw new BpeError(`BPE: a token id must be an integer from 0 to ${MAX_ID - 1}, got ${String(id)}`);
    }
    if (token.length === 0) throw new BpeError(`BPE: token ${id} has no bytes`);
    if (id < this.idLimit && this.lengths[id] !== 0) throw new BpeError(`BPE: two tokens have the id ${id}`);
    const hash = this.hash(token, 0, token.length);
    const twin = this.find(hash, token, 0, token.length);
    if (twin !== -1) throw new BpeError(`BPE: the tokens ${twin} and ${id} have the same bytes ${shown(token)}`);
    this.#reserve(id, token.length);
    this.bytes.set(token, this.#used);
    this.starts[id] = this.#used;
    this.lengths[id] = token.length;
    this.#used += token.length;
    this.#hashes[id] = hash;
    this.#insert(id);
    this.size++;
  }

  hash(bytes: Uint8Array, start: number, end: number): number {
    let h = 0;
    for (let i = start; i < end; i++) h = (Math.imul(h, this.base) + bytes[i]! + 1) | 0;
    return h;
  }

  /** The id of the token `bytes[start, end)`, whose hash is given, or -1. */
  find(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]!;
      if (id === -1 || (this.#hashes[id] === hash && this.#equals(id, bytes, start, end))) return id;
    }
  }

  /** The id of a token, or -1. */
  idOf(token: Uint8Array): number {
    return this.find(this.hash(token, 0, token.length), token, 0, token.length);
  }

  /** The bytes of a token (a view), or undefined for an id that is not used. */
  bytesOf(id: number): Uint8Array | undefined {
    const length = this.lengths[id];
    return length ? this.bytes.subarray(this.starts[id]!, this.starts[id]! + length) : undefined;
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.lengths[id] !== end - start) return false;
    const own = this.bytes;
    for (let i = start, k = this.starts[id]!; i < end; i++, k++) if (own[k] !== bytes[i]) return false;
    return true;
  }

  #reserve(id: number, length: number): void {
    this.bytes = grow(this.bytes, this.#used + length);
    this.idLimit = Math.max(this.idLimit, id + 1);
    this.starts = grow(this.starts, id + 1);
    this.lengths = grow(this.lengths, id + 1);
    this.#hashes = grow(this.#hashes, id + 1);
    if (this.size * 2 < this.#slots.length) return;
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    for (let k = 0; k < this.idLimit; k++) if (this.lengths[k]) this.#insert(k);
  }

  #insert(id: number): void {
    const mask = this.#slots.length - 1;
    let slot = spread(this.#hashes[id]!) & mask;
    while (this.#slots[slot] !== -1) slot = (slot + 1) & mask;
    this.#slots[slot] = id;
  }
}

/** Bytes for a message: the first few. */
export function shown(bytes: Uint8Array): string {
  return `[${bytes.subarray(0, 40).join(" ")}${bytes.length > 40 ? " …" : ""}]`;
}

/** The bytes of two tokens, one after the other. */
export function concatenate(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length + b.length > MAX_TOKEN) {
    // A few dozen merges, each of a token with itself, would ask for terabytes.
    throw new BpeError(`BPE: a token of ${a.length + b.length} bytes is too long (${MAX_TOKEN} at most)`);
  }
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** Lets every bit of a hash have a say in the low ones, which pick the slot. */
function spread(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return h ^ (h >>> 15);
}
