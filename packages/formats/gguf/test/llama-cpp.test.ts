import { readFixture } from "@llm/testing";
import { describe, expect, test } from "vitest";
import { dtypeOfId, tensorBytes } from "../src/dtype.js";
import {
  decodeGGUF,
  dequantizeQ4_0,
  dequantizeQ8_0,
  encodeGGUF,
  fromFloat32,
  type MetadataValue,
  quantizeQ4_0,
  quantizeQ8_0,
  readMetadata,
  toFloat32,
  type WeightDtype,
} from "../src/index.js";

// Everything here is compared with what ggml, llama.cpp's library, made of the same values: see fixtures/generate.py.
interface Blocks {
  bytes: string;
  decoded: string;
}
const fixture = readFixture<{
  types: Record<string, [id: number, block: number, bytes: number]>;
  blocks: { values: string; Q8_0: Blocks; Q4_0: Blocks };
  halves: { values: string; F16: string; BF16: string };
  file: { bytes: string; tensors: Record<string, { dtype: WeightDtype; shape: number[]; values: string }> };
}>(import.meta.url, "fixtures/files.json");
const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
const floats = (base64: string): Float32Array => new Float32Array(bytes(base64).buffer);
const bits = (values: Float32Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length);

test.each(Object.entries(fixture.types))("%s has its number and its size", (name, [id, block, size]) => {
  expect(dtypeOfId(id)).toBe(name.toUpperCase());
  expect(tensorBytes("x", dtypeOfId(id)!, [3, block])).toBe(3 * size);
});

describe("blocks have the same bits", () => {
  const values = floats(fixture.blocks.values);
  test.each([
    ["Q8_0" as const, quantizeQ8_0, dequantizeQ8_0],
    ["Q4_0" as const, quantizeQ4_0, dequantizeQ4_0],
  ])("%s", (dtype, quantize, dequantize) => {
    const theirs = fixture.blocks[dtype];
    expect(quantize(values)).toEqual(bytes(theirs.bytes));
    expect(bits(dequantize(bytes(theirs.bytes)))).toEqual(bits(floats(theirs.decoded)));
  });

  test.each(["F16", "BF16"] as const)("%s", (dtype) => {
    const halves = floats(fixture.halves.values);
    const { data } = fromFloat32(halves, [halves.length], dtype);
    expect(new Uint8Array(data.buffer)).toEqual(bytes(fixture.halves[dtype]));
  });
});

describe("a file that ggml wrote", () => {
  const file = bytes(fixture.file.bytes);

  test("metadata of every type", () => {
    const { metadata } = decodeGGUF(file);
    const expected: [string, MetadataValue][] = [
      ["a.u8", { type: "uint8", value: 255 }],
      ["a.i8", { type: "int8", value: -128 }],
      ["a.u16", { type: "uint16", value: 65535 }],
      ["a.i16", { type: "int16", value: -32768 }],
      ["a.u32", { type: "uint32", value: 2 ** 32 - 1 }],
      ["a.i32", { type: "int32", value: -(2 ** 31) }],
      ["a.f32", { type: "float32", value: Math.fround(0.1) }],
      ["a.u64", { type: "uint64", value: 2n ** 64n - 1n }],
      ["a.i64", { type: "int64", value: -(2n ** 63n) }],
      ["a.f64", { type: "float64", value: 0.1 }],
      ["a.bool", { type: "bool", value: true }],
      ["general.architecture", { type: "string", value: "läma" }],
      ["array.f32", { type: "array", of: "float32", value: [0.5, -1.25] }],
      ["array.i32", { type: "array", of: "int32", value: [1, -2, 3] }],
      ["array.u64", { type: "array", of: "uint64", value: [2n ** 63n, 0n] }],
      ["array.bool", { type: "array", of: "bool", value: [true, false, true] }],
      ["array.str", { type: "array", of: "string", value: ["", "Ġthe", "日本"] }],
    ];
    expect([...metadata]).toEqual(expected);
    const read = readMetadata(metadata);
    expect(read.number("a.i64")).toBe(-(2 ** 63));
    expect(read.text("general.architecture")).toBe("läma");
    expect(read.texts("array.str")[1]).toBe("Ġthe");
    expect(read.numbers("array.u64")).toEqual([2 ** 63, 0]);
    expect(read.boolean("a.bool")).toBe(true);
    expect(read.number("nowhere", 7)).toBe(7);
    expect(() => read.number("nowhere")).toThrow('metadata "nowhere" must be a number, but the file does not have it');
    expect(() => read.text("a.u8")).toThrow('metadata "a.u8" must be a string, got the uint8 255');
  });

  test("tensors of every type, and the same file when written again", () => {
    const { metadata, tensors } = decodeGGUF(file);
    expect([...tensors.keys()]).toEqual(Object.keys(fixture.file.tensors));
    for (const [name, { dtype, shape, values }] of Object.entries(fixture.file.tensors)) {
      const tensor = tensors.get(name)!;
      expect(tensor).toEqual(fromFloat32(floats(values), shape, dtype));
      expect(toFloat32(tensor).length).toBe(floats(values).length);
    }
    expect(encodeGGUF(metadata, tensors)).toEqual(file);
  });
});
