import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DataOf,
  type Dtype,
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
  toFloat32,
} from "../src/index.js";

const files = JSON.parse(readFileSync(new URL("fixtures/files.json", import.meta.url), "utf8")) as Record<
  string,
  string
>;
// The values of generate.py.
const values = [0, -0, 1, -1.5, 3.14159274, 65504, 1e-7, Number.POSITIVE_INFINITY];
const bytesOf = (name: string) => new Uint8Array(Buffer.from(files[name] as string, "base64"));

describe("a file built by NumPy and PyTorch from the format's description", () => {
  const { tensors, metadata } = decodeSafetensors(bytesOf("file"));
  test.each<[string, Dtype, number[], (number | bigint)[]]>([
    ["u64", "U64", [2], [0n, 2n ** 64n - 1n]],
    ["i64", "I64", [2], [-(2n ** 63n), 2n ** 63n - 1n]],
    ["f64", "F64", [1, 2], [Math.PI, -0]],
    ["a.weight", "F32", [2, 4], [...Float32Array.from(values)]],
    ["empty", "F32", [0, 3], []],
    ["scalar", "F32", [], [7.25]],
    ["u32", "U32", [1], [2 ** 32 - 1]],
    ["i32", "I32", [3], [-(2 ** 31), 0, 2 ** 31 - 1]],
    ["u16", "U16", [1], [65535]],
    ["i16", "I16", [2], [-32768, 32767]],
    ["i8", "I8", [3], [-128, 0, 127]],
    ["u8", "U8", [1], [255]],
    ["übung 你", "BOOL", [3], [1, 0, 1]],
  ])("%s", (name, dtype, shape, values) => {
    const tensor = tensors.get(name) as StoredTensor;
    expect([tensor.dtype, tensor.shape, [...tensor.data]]).toEqual([dtype, shape, values]);
  });
  test("16-bit floats", () => {
    // 65504 and 1e-7 are out of bfloat16's and near the end of binary16's precision.
    expect([...toFloat32(tensors.get("f16") as StoredTensor)]).toEqual([
      0,
      -0,
      1,
      -1.5,
      3.140625,
      65504,
      2 ** -23,
      Number.POSITIVE_INFINITY,
    ]);
    expect([...toFloat32(tensors.get("bf16") as StoredTensor)].slice(0, 6)).toEqual([0, -0, 1, -1.5, 3.140625, 65536]);
  });
  test("written again, it is the same file byte for byte, whatever order the tensors are given in", () => {
    expect(metadata).toEqual({ format: "pt", note: "ü" });
    const shuffled = new Map([...tensors].sort(([a], [b]) => (a < b ? 1 : -1)));
    expect(encodeSafetensors(shuffled, metadata)).toEqual(bytesOf("file"));
  });
  test("without padding of the header, data that is not aligned is copied", () => {
    const bytes = bytesOf("unaligned");
    expect((8 + (bytes[0] as number)) % 4).not.toBe(0);
    expect(decodeSafetensors(bytes).tensors.get("x")?.data).toEqual(Float32Array.of(1, 2));
  });
});

test("known answer of the reference implementation's own test", () => {
  const file = encodeSafetensors(
    new Map([["attn0", { dtype: "F32", shape: [1, 1, 2, 3], data: new Float32Array(6) }]]),
  );
  const header = '{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       ';
  expect([...file.subarray(0, 8)]).toEqual([72, 0, 0, 0, 0, 0, 0, 0]);
  expect(new TextDecoder().decode(file.subarray(8, 80))).toBe(header);
  expect(file.length).toBe(104);
});

/** A tensor of any dtype with up to 24 elements. */
const anyTensor: fc.Arbitrary<StoredTensor> = fc
  .tuple(
    fc.constantFrom<Dtype>("F64", "F32", "F16", "BF16", "I64", "U64", "I32", "U32", "I16", "U16", "I8", "U8", "BOOL"),
    fc.array(fc.nat(3), { maxLength: 3 }),
    fc.uint8Array({ minLength: 8 * 27, maxLength: 8 * 27 }),
  )
  .map(([dtype, shape, noise]) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const arrays = {
      F64: Float64Array,
      F32: Float32Array,
      I64: BigInt64Array,
      U64: BigUint64Array,
      I32: Int32Array,
      U32: Uint32Array,
      I16: Int16Array,
      U16: Uint16Array,
      F16: Uint16Array,
      BF16: Uint16Array,
      I8: Int8Array,
      U8: Uint8Array,
      BOOL: Uint8Array,
    };
    return { dtype, shape, data: new arrays[dtype](noise.slice().buffer, 0, count) as DataOf[Dtype] } as StoredTensor;
  });
const name = fc
  .string({ unit: "binary", maxLength: 8 })
  .filter((s) => s !== "__metadata__" && s !== "__proto__" && !/\p{Surrogate}/u.test(s));

test("decode ∘ encode is the identity, bit for bit, for any names and dtypes", () => {
  const bits = (tensor: StoredTensor) => [
    ...new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength),
  ];
  const plain = (tensors: ReadonlyMap<string, StoredTensor>) =>
    [...tensors]
      .map(([key, tensor]) => [key, tensor.dtype, [...tensor.shape], bits(tensor)])
      .sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, anyTensor), { maxLength: 6 }),
      fc.dictionary(
        name,
        fc.string().filter((s) => !/\p{Surrogate}/u.test(s)),
      ),
      (entries, metadata) => {
        const tensors = new Map(entries);
        const file = encodeSafetensors(tensors, metadata);
        const decoded = decodeSafetensors(file);
        expect(plain(decoded.tensors)).toEqual(plain(tensors));
        expect({ ...decoded.metadata }).toEqual({ ...metadata });
        const headerBytes = new DataView(file.buffer).getUint32(0, true);
        expect(headerBytes % 8).toBe(0);
        for (const tensor of decoded.tensors.values())
          expect(tensor.data.byteOffset % tensor.data.BYTES_PER_ELEMENT).toBe(0);
      },
    ),
  );
});

test("what cannot be stored is an error before a byte is written", () => {
  const encode = (key: string, tensor: unknown, metadata?: unknown) => () =>
    encodeSafetensors(new Map([[key, tensor as StoredTensor]]), metadata as Record<string, string>);
  const data = new Float32Array(6);
  expect(encode("w", { dtype: "F32", shape: [2, 2], data })).toThrow(
    'tensor "w": F32 [2,2] has 16 bytes, but its data has 24',
  );
  expect(encode("w", { dtype: "F16", shape: [6], data })).toThrow(
    'tensor "w": F16 needs a Uint16Array, got Float32Array',
  );
  expect(encode("w", { dtype: "F32", shape: [-6], data })).toThrow("shape must be whole numbers ≥ 0, got [-6]");
  expect(encode("w", { dtype: "F8_E4M3", shape: [6], data })).toThrow("dtype F8_E4M3 is not one of U64 I64");
  expect(encode("\ud800", { dtype: "F32", shape: [6], data })).toThrow(
    'tensor "\\ud800": the name is no valid Unicode',
  );
  for (const reserved of ["__metadata__", "__proto__"]) {
    expect(encode(reserved, { dtype: "F32", shape: [6], data })).toThrow("the name is reserved");
  }
  expect(encode("w", { dtype: "F32", shape: [6], data }, { step: 1 })).toThrow(
    'metadata: "step" must be a text, got number',
  );
});
