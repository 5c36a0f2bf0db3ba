// Q8_0 and Q4_0: blocks of 32 weights with one scale, d, a binary16.
//
//   Q8_0   d = max|x| / 127,      q = round(x / d),                x ≈ d·q           34 bytes for 32
//   Q4_0   d = x_max / −8,        q = ⌊x / d + 8.5⌋, at most 15,   x ≈ d·(q − 8)     18 bytes for 32
//
// x_max is the value of the largest magnitude, with its sign, so that it becomes 0 − 8 exactly. A byte of Q4_0 holds
// element j in its low half and element j + 16 in its high one. Each step is rounded to float32 as in the reference
// (ggml-quants.c, github.com/ggml-org/ggml), so the blocks have the same bits: 1/d is taken of the scale before that
// is rounded to binary16, and halves round away from zero.

import { decodeFloat16, encodeFloat16 } from "@llm/safetensors";

const BLOCK = 32;
const Q8_BYTES = 2 + BLOCK;
const Q4_BYTES = 2 + BLOCK / 2;
const { fround } = Math;

/** Blocks of Q8_0. The number of values must be a multiple of 32. */
export function quantizeQ8_0(values: Float32Array): Uint8Array {
  return quantize(values, Q8_BYTES, (block, bytes, at) => {
    let largest = 0;
    for (let j = 0; j < BLOCK; j++) largest = Math.max(largest, Math.abs(block[j] as number));
    const d = fround(largest / 127);
    const inverse = d ? fround(1 / d) : 0;
    for (let j = 0; j < BLOCK; j++) {
      const x = fround((block[j] as number) * inverse);
      bytes[at + j] = x < 0 ? -Math.floor(0.5 - x) : Math.floor(x + 0.5);
    }
    return d;
  });
}

/** Blocks of Q4_0. The number of values must be a multiple of 32. */
export function quantizeQ4_0(values: Float32Array): Uint8Array {
  return quantize(values, Q4_BYTES, (block, bytes, at) => {
    let largest = 0;
    for (let j = 0; j < BLOCK; j++) {
      const x = block[j] as number;
      if (Math.abs(x) > Math.abs(largest)) largest = x;
    }
    const d = fround(largest / -8);
    const inverse = d ? fround(1 / d) : 0;
    const level = (x: number): number => Math.min(15, Math.trunc(fround(fround(x * inverse) + 8.5)));
    for (let j = 0; j < BLOCK / 2; j++) {
      bytes[at + j] = level(block[j] as number) | (level(block[j + BLOCK / 2] as number) << 4);
    }
    return d;
  });
}

/** The values of Q8_0 blocks; exact. */
export function dequantizeQ8_0(bytes: Uint8Array): Float32Array {
  const levels = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  return dequantize(bytes, Q8_BYTES, (d, at, values, to) => {
    for (let j = 0; j < BLOCK; j++) values[to + j] = d * (levels[at + j] as number);
  });
}

/** The values of Q4_0 blocks; exact. */
export function dequantizeQ4_0(bytes: Uint8Array): Float32Array {
  return dequantize(bytes, Q4_BYTES, (d, at, values, to) => {
    for (let j = 0; j < BLOCK / 2; j++) {
      const byte = bytes[at + j] as number;
      values[to + j] = d * ((byte & 15) - 8);
      values[to + j + BLOCK / 2] = d * ((byte >> 4) - 8);
    }
  });
}

/** Writes the levels of each block through `write`, which returns its scale. */
function quantize(
  values: Float32Array,
  bytesEach: number,
  write: (block: Float32Array, bytes: Uint8Array, at: number) => number,
): Uint8Array {
  const blocks = values.length / BLOCK;
  const bytes = new Uint8Array(blocks * bytesEach);
  const scales = new Float32Array(blocks);
  for (let i = 0; i < blocks; i++) {
    scales[i] = write(values.subarray(i * BLOCK, (i + 1) * BLOCK), bytes, i * bytesEach + 2);
  }
  const bits = encodeFloat16(scales);
  for (let i = 0; i < blocks; i++) {
    bytes[i * bytesEach] = (bits[i] as number) & 255;
    bytes[i * bytesEach + 1] = (bits[i] as number) >> 8;
  }
  return bytes;
}

function dequantize(
  bytes: Uint8Array,
  bytesEach: number,
  read: (d: number, at: number, values: Float32Array, to: number) => void,
): Float32Array {
  const blocks = bytes.length / bytesEach;
  const bits = new Uint16Array(blocks);
  for (let i = 0; i < blocks; i++) {
    bits[i] = (bytes[i * bytesEach] as number) | ((bytes[i * bytesEach + 1] as number) << 8);
  }
  const scales = decodeFloat16(bits);
  const values = new Float32Array(blocks * BLOCK);
  for (let i = 0; i < blocks; i++) read(scales[i] as number, i * bytesEach + 2, values, i * BLOCK);
  return values;
}
