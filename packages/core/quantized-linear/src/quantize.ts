// A weight as small integers, "levels", with one scale for each block of 32 neighbors in a row.
//
//   8 bits   d = max|x| / 127     q = round(x / d)                 x ≈ d·q
//   4 bits   d = x_max / −8       q = min(15, ⌊x / d + 8.5⌋)       x ≈ d·(q − 8)
//
// x_max is the value of the largest magnitude, with its sign, so that it is met exactly. A level of 8 bits is one signed
// byte; a byte of 4-bit levels has element j of its block in the low half and element j + 16 in the high one.
// These are the blocks Q8_0 and Q4_0 of llama.cpp, levels and scales apart and the scales in float32.
// Shapes: O rows, I values in a row.

/** Values that share a scale. */
export const BLOCK = 32;

/** Bits of a level. */
export type Bits = 8 | 4;

/** What `quantize` makes. */
export interface QuantizedRows {
  /** [O, I·bits/32]: four bytes in each number, the first in the lowest bits. */
  levels: Int32Array;
  /** [O, I/32] */
  scales: Float32Array;
}

/**
 * Quantizes the rows of a weight.
 *
 * @param values_OI [O, I], one row after the other
 * @throws Error when rows are no whole blocks, or a value is not finite
 */
export function quantize(values_OI: Float32Array, [rows, length]: [number, number], bits: Bits = 8): QuantizedRows {
  if (bits !== 8 && bits !== 4) throw new Error(`quantize: bits must be 8 or 4, got ${String(bits)}`);
  if (length % BLOCK !== 0) throw new Error(`quantize: a row of ${length} values is no whole number of blocks of 32`);
  if (values_OI.length !== rows * length) {
    throw new Error(`quantize: [${rows}, ${length}] needs ${rows * length} values, got ${values_OI.length}`);
  }
  const blocks = values_OI.length / BLOCK;
  const bytes = new Uint8Array((values_OI.length * bits) / 8);
  const scales = new Float32Array(blocks);
  const each = (BLOCK * bits) / 8;
  const write = bits === 8 ? writeBytes : writeHalves;
  for (let block = 0; block < blocks; block++) {
    const values = values_OI.subarray(block * BLOCK, (block + 1) * BLOCK);
    scales[block] = write(values, bytes.subarray(block * each, (block + 1) * each));
    if (!Number.isFinite(scales[block])) {
      const at = block * BLOCK + values.findIndex((value) => !Number.isFinite(value));
      throw new Error(`quantize: value ${at} is ${String(values_OI[at])}; a block's scale must be finite`);
    }
  }
  return { levels: new Int32Array(bytes.buffer), scales };
}

/** The value of the largest magnitude, with its sign; NaN where there is one. */
function largestOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) {
    if (Number.isNaN(value)) return value;
    if (Math.abs(value) > Math.abs(largest)) largest = value;
  }
  return largest;
}

function writeBytes(values: Float32Array, bytes: Uint8Array): number {
  const scale = Math.fround(Math.abs(largestOf(values)) / 127);
  const inverse = scale ? 1 / scale : 0;
  values.forEach((value, i) => {
    bytes[i] = Math.round(value * inverse);
  });
  return scale;
}

function writeHalves(values: Float32Array, bytes: Uint8Array): number {
  const scale = Math.fround(largestOf(values) / -8);
  const inverse = scale ? 1 / scale : 0;
  const level = (i: number): number => Math.max(0, Math.min(15, Math.floor((values[i] as number) * inverse + 8.5)));
  for (let j = 0; j < BLOCK / 2; j++) bytes[j] = level(j) | (level(j + BLOCK / 2) << 4);
  return scale;
}
