import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  decodeBFloat16,
  decodeFloat16,
  encodeBFloat16,
  encodeFloat16,
  findNonFinite,
  fromFloat32,
  requireFinite,
  type StoredTensor,
  toFloat32,
} from "../src/index.js";

const fixture = JSON.parse(readFileSync(new URL("fixtures/files.json", import.meta.url), "utf8")) as Record<
  "float32" | "float16" | "bfloat16",
  string
>;
const bufferOf = (name: keyof typeof fixture): ArrayBuffer =>
  new Uint8Array(Buffer.from(fixture[name], "base64")).buffer;
const floats = new Float32Array(bufferOf("float32"));
const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);

describe("PyTorch's bits for random patterns, ties, subnormals and overflows", () => {
  test("float32 → F16", () => expect(encodeFloat16(floats)).toEqual(new Uint16Array(bufferOf("float16"))));
  test("float32 → BF16", () => expect(encodeBFloat16(floats)).toEqual(new Uint16Array(bufferOf("bfloat16"))));
});

describe("all 65,536 patterns", () => {
  test.each([
    ["F16", decodeFloat16, encodeFloat16, 0x7c00],
    ["BF16", decodeBFloat16, encodeBFloat16, 0x7f80],
  ] as const)("encode ∘ decode is the identity of %s, NaN stays NaN", (_, decode, encode, infinity) => {
    const values = decode(all);
    encode(values).forEach((bits, i) => {
      if ((i & 0x7fff) <= infinity) expect(bits).toBe(i);
      else expect([values[i], decode(Uint16Array.of(bits))[0]]).toEqual([Number.NaN, Number.NaN]);
    });
  });
});

test("known values", () => {
  // The extremes of binary16, and bfloat16's step after 1: 2^-7.
  expect([...encodeFloat16(Float32Array.of(65504, 65519.99, 65520, 2 ** -14, 2 ** -24, 2 ** -25))]).toEqual([
    0x7bff, 0x7bff, 0x7c00, 0x400, 1, 0,
  ]);
  expect([...decodeBFloat16(encodeBFloat16(Float32Array.of(1 + 2 ** -9, 1 + 2 ** -7)))]).toEqual([1, 1 + 2 ** -7]);
  expect([...encodeFloat16(Float32Array.of(Number.NaN))].map((bits) => bits & 0x7c00)).toEqual([0x7c00]);
});

test("views into larger buffers are read where they are", () => {
  const part = new Float32Array(8).fill(1).fill(2, 4).subarray(4);
  expect([...decodeFloat16(encodeFloat16(part))]).toEqual([2, 2, 2, 2]);
});

test("fromFloat32 and toFloat32", () => {
  const values = Float32Array.of(0.5, -2, 3);
  for (const dtype of ["F64", "F32", "F16", "BF16"] as const)
    expect(toFloat32(fromFloat32(values, [3], dtype))).toEqual(values);
  const whole: StoredTensor[] = [
    { dtype: "I64", shape: [1], data: BigInt64Array.of(-3n) },
    { dtype: "U8", shape: [1], data: Uint8Array.of(7) },
  ];
  expect(whole.map((tensor) => toFloat32(tensor)[0])).toEqual([-3, 7]);
  expect(() => fromFloat32(values, [3], "I32" as "F32")).toThrow("dtype must be F64, F32, F16 or BF16, got I32");
});

test("NaN and infinity are found in every floating-point type", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (const dtype of ["F64", "F32", "F16", "BF16"] as const) {
      const tensor = fromFloat32(Float32Array.of(65504, -1e-9, value, value), [4], dtype);
      expect(findNonFinite(tensor)).toBe(2);
      expect(() => requireFinite("w", tensor)).toThrow('tensor "w": element 2 of 4 is NaN or infinite');
    }
  }
  expect(findNonFinite(fromFloat32(Float32Array.of(65504, -0, 1e-40), [3], "F16"))).toBe(-1);
  expect(findNonFinite({ dtype: "I32", shape: [1], data: Int32Array.of(-1) })).toBe(-1);
});
