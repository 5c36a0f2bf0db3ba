import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteWriter } from "../src/byte-writer.js";
import {
  bool,
  decodeGGUF,
  encodeGGUF,
  fromFloat32,
  GGUFError,
  IncompleteError,
  parseHeader,
  string,
  strings,
  toFloat32,
  uint32,
} from "../src/index.js";

/** A file written field by field, so that any of them may lie. */
function file(
  write: (w: ByteWriter) => void,
  { tensors = 0n, values = 0n, version = 3, dataBytes = 0 } = {},
): Uint8Array {
  const w = new ByteWriter();
  w.uint32(0x46554747);
  w.uint32(version);
  w.uint64(tensors);
  w.uint64(values);
  write(w);
  w.padTo(Math.ceil(w.length / 32) * 32 + dataBytes);
  return w.bytes();
}
const nothing = (): void => {};
interface Entry {
  name?: string;
  sizes?: bigint[];
  type?: number;
  offset?: bigint;
}
const tensorEntry = (w: ByteWriter, { name = "x", sizes = [1n], type = 0, offset = 0n }: Entry): void => {
  w.text(name);
  w.uint32(sizes.length);
  for (const size of sizes) w.uint64(size);
  w.uint32(type);
  w.uint64(offset);
};
const oneTensor = (entry: Entry, dataBytes = 32) => file((w) => tensorEntry(w, entry), { tensors: 1n, dataBytes });
const oneValue = (type: number, write: (w: ByteWriter) => void, key = "k") =>
  file(
    (w) => {
      w.text(key);
      w.uint32(type);
      write(w);
    },
    { values: 1n },
  );
const rejects = (bytes: Uint8Array, message: string) => {
  expect(() => decodeGGUF(bytes)).toThrow(GGUFError);
  expect(() => decodeGGUF(bytes)).not.toThrow(IncompleteError);
  expect(() => decodeGGUF(bytes)).toThrow(message);
};

describe("the beginning", () => {
  test.each([
    ["an empty file", new Uint8Array(0), 'the magic "GGUF" at byte 0 needs 4 bytes, but the file ends at byte 0'],
    ["another format", Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0), "this is no GGUF file"],
    ["version 1", file(nothing, { version: 1 }), "version 1 of GGUF; versions 2 and 3 are known"],
    ["big-endian", file(nothing, { version: 0x03000000 }), "the file is big-endian"],
    ["2^63 tensors", file(nothing, { tensors: 2n ** 63n }), "the number of tensors at byte 8 is 9223372036854775808"],
    ["a million values", file(nothing, { values: 1_000_000n }), "the number of metadata values at byte 16 is 1000000"],
  ])("%s", (_, bytes, message) => rejects(bytes, message));
});

describe("metadata", () => {
  test.each([
    ["an unknown type", oneValue(13, nothing), 'metadata "k" has the type 13, which is not known'],
    ["a bool of 2", oneValue(7, (w) => w.uint8(2)), 'metadata "k" must be a bool, 0 or 1, got 2'],
    [
      "a text of 2^64 - 1 bytes",
      oneValue(8, (w) => w.uint64(2n ** 64n - 1n)),
      "is 18446744073709551615, more than fit",
    ],
    [
      "an array of 2^61 uint64",
      oneValue(9, (w) => {
        w.uint32(10);
        w.uint64(2n ** 61n);
      }),
      'the length of metadata "k" at byte',
    ],
    [
      "an array of an unknown type",
      oneValue(9, (w) => {
        w.uint32(99);
        w.uint64(0);
      }),
      "has the type 99",
    ],
    [
      "arrays without end",
      oneValue(9, (w) => {
        for (let i = 0; i < 200_000; i++) {
          w.uint32(9);
          w.uint64(1);
        }
      }),
      "arrays in arrays more than 8 deep",
    ],
    [
      "a key twice",
      file(
        (w) => {
          for (let i = 0; i < 2; i++) {
            w.text("k");
            w.uint32(0);
            w.uint8(1);
          }
        },
        { values: 2n },
      ),
      'the key "k" twice',
    ],
    ["an alignment of 0", oneValue(4, (w) => w.uint32(0), "general.alignment"), "a power of two from 8, got 0"],
    ["an alignment of 48", oneValue(4, (w) => w.uint32(48), "general.alignment"), "a power of two from 8, got 48"],
    ["an alignment of text", oneValue(8, (w) => w.text("32"), "general.alignment"), "must be a uint32"],
  ])("%s", (_, bytes, message) => rejects(bytes, message));
});

describe("tensors", () => {
  test.each([
    ["five dimensions", oneTensor({ sizes: [1n, 1n, 1n, 1n, 1n] }), 'tensor "x" has 5 dimensions'],
    ["a size of 2^64 - 1", oneTensor({ sizes: [2n ** 64n - 1n] }), "shape must be whole numbers"],
    ["a product above 2^53", oneTensor({ sizes: [2n ** 32n, 2n ** 32n] }), "is too large to count its bytes"],
    ["a product of 0 modulo 2^64", oneTensor({ sizes: [2n ** 32n, 2n ** 32n, 4n] }), "is too large to count"],
    ["an unknown type", oneTensor({ type: 4 }), 'tensor "x" has the type 4, which is not known'],
    ["half a block", oneTensor({ type: 8, sizes: [16n] }), "rows of Q8_0 come in blocks of 32, but have 16 elements"],
    ["an odd place", oneTensor({ offset: 4n }), "begins at byte 4 of the data, which is no multiple of 32"],
    [
      "a place of 2^64 - 32",
      oneTensor({ offset: 2n ** 64n - 32n }),
      "but the file has 32 bytes of data; it is cut off",
    ],
    ["data beyond the file", oneTensor({ sizes: [9n] }), 'tensor "x" ends at byte 36 of the data'],
    [
      "overlap",
      file(
        (w) => {
          tensorEntry(w, { name: "x", sizes: [9n] });
          tensorEntry(w, { name: "y", offset: 32n });
        },
        { tensors: 2n, dataBytes: 64 },
      ),
      'tensors "x" and "y" overlap',
    ],
    [
      "a name twice",
      file(
        (w) => {
          tensorEntry(w, {});
          tensorEntry(w, { offset: 32n });
        },
        { tensors: 2n, dataBytes: 64 },
      ),
      'tensor "x" is there twice',
    ],
  ])("%s", (_, bytes, message) => rejects(bytes, message));

  test("messages stay short", () => {
    const name = "x".repeat(100_000);
    expect(() => decodeGGUF(oneTensor({ name, type: 99 }))).toThrow(/^.{0,1100}$/s);
  });
});

describe("fuzzed", () => {
  const valid = encodeGGUF(
    new Map([
      ["general.architecture", string("llama")],
      ["on", bool(true)],
      ["n", uint32(7)],
      ["tokens", strings(["a", "b"])],
    ]),
    new Map([
      [
        "a",
        fromFloat32(
          Float32Array.from({ length: 64 }, (_, i) => i),
          [2, 32],
          "Q4_0",
        ),
      ],
      ["b", fromFloat32(Float32Array.of(1, 2, 3), [3])],
    ]),
  );
  const decodesOrRejects = (bytes: Uint8Array) => {
    try {
      for (const tensor of decodeGGUF(bytes).tensors.values()) {
        expect(toFloat32(tensor).length).toBe(tensor.shape.reduce((a, b) => a * b, 1));
      }
    } catch (error) {
      expect(error).toBeInstanceOf(GGUFError);
    }
  };

  test("every truncation is rejected, and every beginning asks for more", () => {
    const { dataStart, tensors } = parseHeader(valid);
    const end = dataStart + Math.max(...[...tensors.values()].map((tensor) => tensor.end));
    for (let length = 0; length < end; length++) {
      expect(() => decodeGGUF(valid.slice(0, length))).toThrow(/^(?!.*is not read yet).*(cut off|more than fit)/);
      if (length >= 24 && length < dataStart - 32)
        expect(() => parseHeader(valid.subarray(0, length), valid.length)).toThrow(IncompleteError);
    }
  });

  test("any changed bytes", () => {
    const change = fc.tuple(fc.nat(valid.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(0, 255, 127, 128)));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = valid.slice();
        for (const [at, value] of changes) bytes[at] = value;
        decodesOrRejects(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  test("any bytes behind the magic", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(3), fc.nat(3), (noise, tensors, values) => {
        const bytes = file(nothing, { tensors: BigInt(tensors), values: BigInt(values) });
        decodesOrRejects(Uint8Array.from([...bytes.subarray(0, 24), ...noise]));
      }),
      { numRuns: 1000 },
    );
  });
});
