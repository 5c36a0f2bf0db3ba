// 16-bit floats as bit patterns, to and from float32; both directions of both formats.
//
//   F16   1 sign, 5 exponent, 10 fraction bits: IEEE 754 binary16, max 65504, smallest 2^-24
//   BF16  1 sign, 8 exponent,  7 fraction bits: the upper half of a float32
//
// To 16 bits rounds to nearest, ties to even; too large becomes infinity, NaN stays NaN. As PyTorch and NumPy do.

/** The bits of binary16, rounded to nearest even. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(words.length);
  for (let i = 0; i < words.length; i++) bits[i] = float16Bits(words[i] as number);
  return bits;
}

/** The float32 values of binary16 bits; exact. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  float16Values ??= Float32Array.from({ length: 2 ** 16 }, (_, x) => float16Value(x));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = float16Values[bits[i] as number] as number;
  return values;
}

/** The bits of bfloat16, rounded to nearest even. */
export function encodeBFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    const nan = (word & 0x7fffffff) > 0x7f800000;
    bits[i] = nan ? ((word >>> 16) & 0x8000) | 0x7fc0 : dropBits(word, 16);
  }
  return bits;
}

/** The float32 values of bfloat16 bits; exact. */
export function decodeBFloat16(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = (bits[i] as number) << 16;
  return new Float32Array(words.buffer);
}

/** All 65,536 values, made when first needed. */
let float16Values: Float32Array | undefined;

function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** From the bits of a float32. */
function float16Bits(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and above round to infinity
  // Normal: the exponent's bias goes from 127 to 15, and 13 fraction bits are dropped.
  if (magnitude >= 0x38800000) return sign | dropBits(magnitude - 0x38000000, 13);
  if (magnitude < 0x33000000) return sign; // below 2^-25, half of the smallest subnormal
  // Subnormal: the fraction with its hidden bit, in units of 2^-24.
  return sign | dropBits((magnitude & 0x7fffff) | 0x800000, 126 - (magnitude >>> 23));
}

/** Drops the low `count` bits, rounding to nearest even; a carry runs into the exponent, as it must. */
function dropBits(x: number, count: number): number {
  const kept = x >>> count;
  const rest = x & (2 ** count - 1);
  const half = 2 ** (count - 1);
  return kept + Number(rest > half || (rest === half && (kept & 1) === 1));
}
