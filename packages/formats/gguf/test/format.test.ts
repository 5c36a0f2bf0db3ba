import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ArrayValue,
  architectureMetadata,
  bool,
  decodeGGUF,
  encodeGGUF,
  float32,
  fromFloat32,
  GGUFError,
  type GGUFTensor,
  type MetadataValue,
  quantizeQ4_0,
  quantizeQ8_0,
  readArchitecture,
  string,
  strings,
  toFloat32,
  uint32,
} from "../src/index.js";

const scalar: fc.Arbitrary<MetadataValue> = fc.oneof(
  fc.record({ type: fc.constant("uint8" as const), value: fc.nat(255) }),
  fc.record({ type: fc.constant("int16" as const), value: fc.integer({ min: -32768, max: 32767 }) }),
  fc.record({ type: fc.constant("float64" as const), value: fc.double() }),
  fc.record({ type: fc.constant("uint64" as const), value: fc.bigInt(0n, 2n ** 64n - 1n) }),
  fc.record({ type: fc.constant("bool" as const), value: fc.boolean() }),
  fc.record({ type: fc.constant("string" as const), value: fc.string({ unit: "grapheme" }) }),
);
const flat: fc.Arbitrary<ArrayValue> = fc.oneof(
  fc.record({
    type: fc.constant("array" as const),
    of: fc.constant("int8" as const),
    value: fc.array(fc.integer({ min: -128, max: 127 })),
  }),
  fc.record({ type: fc.constant("array" as const), of: fc.constant("string" as const), value: fc.array(fc.string()) }),
);
const nested: fc.Arbitrary<ArrayValue> = fc.record({
  type: fc.constant("array" as const),
  of: fc.constant("array" as const),
  value: fc.array(flat, { maxLength: 3 }),
});
const metadata = fc
  .uniqueArray(fc.tuple(fc.string(), fc.oneof(scalar, flat, nested)), { selector: ([key]) => key, maxLength: 8 })
  .filter((entries) => entries.every(([key]) => key !== "general.alignment"))
  .map((entries) => new Map(entries));
const tensor: fc.Arbitrary<GGUFTensor> = fc
  .tuple(fc.array(fc.nat(3), { maxLength: 3 }), fc.constantFrom("F32", "F16", "BF16", "Q8_0", "Q4_0"))
  .map(([sizes, dtype]) => {
    const shape = dtype.startsWith("Q") ? [...sizes, 64] : sizes;
    const count = shape.reduce((a, b) => a * b, 1);
    return fromFloat32(
      Float32Array.from({ length: count }, (_, i) => Math.sin(i)),
      shape,
      dtype as "F32",
    );
  });
const tensors = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 15 }), tensor), {
    selector: ([name]) => name,
    maxLength: 5,
  })
  .map((entries) => new Map(entries));

test("what is written is read, at any alignment", () => {
  fc.assert(
    fc.property(metadata, tensors, fc.constantFrom(undefined, 8, 64, 4096), (values, weights, alignment) => {
      const all = new Map(values);
      if (alignment) all.set("general.alignment", uint32(alignment));
      const file = encodeGGUF(all, weights);
      expect(file.length % (alignment ?? 32)).toBe(0);
      expect(decodeGGUF(file)).toEqual({ metadata: all, tensors: weights });
    }),
    { numRuns: 300 },
  );
});

test("a file of version 2 is read as one of version 3", () => {
  const weights = new Map([["x", fromFloat32(Float32Array.of(1, 2), [2])]]);
  const file = encodeGGUF(new Map([["k", string("v")]]), weights);
  file[4] = 2;
  expect(decodeGGUF(file).tensors).toEqual(weights);
});

describe("quantisation", () => {
  const block = fc.float32Array({ minLength: 32, maxLength: 32, noNaN: true, min: -1000, max: 1000 });
  // The scale is rounded to 11 bits, which moves the outermost level by its share of 2^-11; below binary16's
  // subnormals a scale has an absolute error of 2^-25.
  test.each([
    ["Q8_0" as const, 127, 0.5],
    ["Q4_0" as const, 8, 1],
  ])("%s is off by at most its step", (dtype, levels, steps) => {
    fc.assert(
      fc.property(block, (values) => {
        const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
        const back = toFloat32(fromFloat32(values, [32], dtype));
        const limit = (largest / levels) * (steps + levels * 2 ** -11 + 1e-4) + levels * 2 ** -25;
        for (const [i, value] of back.entries()) expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(limit);
      }),
    );
  });

  test("blocks are independent of each other, and of where the array lies", () => {
    const values = Float32Array.from({ length: 97 }, (_, i) => Math.sin(i * i)).subarray(1);
    for (const [quantize, size] of [
      [quantizeQ8_0, 34],
      [quantizeQ4_0, 18],
    ] as const) {
      const all = quantize(values);
      expect(all.length).toBe(3 * size);
      expect(all.subarray(size, 2 * size)).toEqual(quantize(values.slice(32, 64)));
    }
  });
});

describe("what cannot be stored", () => {
  const write = (name: string, tensor: unknown) => () => encodeGGUF(new Map(), new Map([[name, tensor as GGUFTensor]]));
  test.each([
    [
      "too few values",
      "x",
      { dtype: "F32", shape: [3], data: new Float32Array(2) },
      "F32 [3] has 12 bytes, but its data has 8",
    ],
    [
      "another array",
      "x",
      { dtype: "F16", shape: [2], data: new Float32Array(1) },
      "F16 needs a Uint16Array, got Float32Array",
    ],
    [
      "half a block",
      "x",
      { dtype: "Q8_0", shape: [2, 16], data: new Uint8Array(34) },
      "rows of Q8_0 come in blocks of 32, but have 16",
    ],
    ["an unknown type", "x", { dtype: "F8", shape: [1], data: new Uint8Array(1) }, "dtype F8 is not one of F32"],
    [
      "five dimensions",
      "x",
      { dtype: "F32", shape: [1, 1, 1, 1, 1], data: new Float32Array(1) },
      "at most 4 dimensions",
    ],
    ["no name", "", { dtype: "F32", shape: [1], data: new Float32Array(1) }, "a name has 1 to 63 bytes"],
    ["a long name", "ü".repeat(32), { dtype: "F32", shape: [1], data: new Float32Array(1) }, "this one has 64"],
    ["half an element", "x", { dtype: "F32", shape: [0.5], data: new Float32Array(1) }, "shape must be whole numbers"],
  ])("%s", (_, name, value, message) => {
    expect(write(name, value)).toThrow(GGUFError);
    expect(write(name, value)).toThrow(message);
  });

  test.each([
    [{ type: "uint8", value: 256 }, "256 is no uint8"],
    [{ type: "int32", value: 0.5 }, "0.5 is no int32"],
    [{ type: "uint64", value: 1 }, "1 is no uint64"],
    [{ type: "string", value: 1 }, "1 is no string"],
    [{ type: "array", of: "bool", value: [1] }, "1 is no bool"],
    [{ type: "float16", value: 1 }, "the type float16 is not one of uint8"],
  ])("metadata %j", (value, message) => {
    expect(() => encodeGGUF(new Map([["k", value as MetadataValue]]), new Map())).toThrow(message);
  });

  test("types that are only listed cannot be computed", () => {
    expect(() => toFloat32({ dtype: "Q6_K", shape: [256], data: new Uint8Array(210) })).toThrow(
      "Q6_K cannot be read here",
    );
    expect(() => fromFloat32(new Float32Array(256), [256], "Q6_K" as never)).toThrow("dtype must be F32, F16, BF16");
  });
});

test("an architecture's sizes are read as they were written", () => {
  const metadata = architectureMetadata(
    "llama",
    { block_count: 2, vocab_size: 9 },
    { eps: float32(1e-5), on: bool(true) },
  );
  expect([...metadata.keys()]).toEqual([
    "general.architecture",
    "llama.block_count",
    "llama.vocab_size",
    "llama.eps",
    "llama.on",
  ]);
  const stored = decodeGGUF(encodeGGUF(metadata, new Map())).metadata;
  const read = readArchitecture(stored, "llama");
  expect([read.number("block_count"), read.vocabSize(), read.decimal("eps"), read.boolean("on")]).toEqual([
    2,
    9,
    1e-5,
    true,
  ]);
  expect(read.number("eps")).not.toBe(1e-5);
  expect([read.number("heads", 3), read.has("heads"), read.has("on")]).toEqual([3, false, true]);
  expect(() => read.number("heads")).toThrow('metadata "llama.heads" must be a number, but the file does not have it');
  expect(() => readArchitecture(stored, "gpt2")).toThrow('the file holds a model of architecture "llama", not gpt2');
  const tokens = new Map([
    ...architectureMetadata("gpt2", {}),
    ["tokenizer.ggml.tokens", strings(["a", "b"])] as const,
  ]);
  expect(readArchitecture(tokens, "gpt2").vocabSize()).toBe(2);
});
