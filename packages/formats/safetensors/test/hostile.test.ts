import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors, SafetensorsError } from "../src/index.js";

/** A file with the given header text and `dataBytes` zeros. */
function file(header: string | Uint8Array, dataBytes = 0, length?: bigint): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const entry = (shape: string, offsets: string, dtype = '"F32"') =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;
const one = (shape: string, offsets: string, dtype?: string) => `{"x":${entry(shape, offsets, dtype)}}`;
const rejects = (bytes: Uint8Array, message: string) => {
  expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsError);
  expect(() => decodeSafetensors(bytes)).toThrow(message);
};

describe("the length and the text of the header", () => {
  test.each([
    ["an empty file", new Uint8Array(0), "file of 0 bytes is cut off"],
    ["seven bytes", new Uint8Array(7), "file of 7 bytes is cut off"],
    ["a header beyond the file", file("{}", 0, 3n), "header of 3 bytes reaches beyond the end of the file of 10 bytes"],
    ["a header above 100 MB", file("{}", 0, 100_000_001n), "is above the limit of 100000000"],
    ["a length of 2^64 - 1", file("{}", 0, 2n ** 64n - 1n), "header length 18446744073709551615 at byte 0"],
    ["no header", file(""), 'must begin with "{" at byte 8, got byte nothing'],
    ["leading space", file(" {}"), "got byte 32"],
    ["an array", file("[]"), "got byte 91"],
    ["a zip file, as PyTorch's own", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 8, 8, 0, 0), "this is no safetensors file"],
    ["invalid UTF-8", file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)), "header is not valid UTF-8"],
    ["a surrogate in UTF-8", file(Uint8Array.of(0x7b, 0xed, 0xa0, 0x80, 0x7d)), "header is not valid UTF-8"],
    ["invalid JSON", file('{"x":}'), "header is not valid JSON"],
    ["JSON that goes on", file("{}{}"), "header is not valid JSON"],
    ["very deep JSON", file(`{"x":${"[".repeat(200_000)}${"]".repeat(200_000)}}`), 'tensor "x": must be an object'],
    ["an endless name", file(`{"${"x".repeat(5_000_000)}":1}`), 'tensor "xxx'],
  ])("%s", (_, bytes, message) => rejects(bytes, message));

  test("messages stay short", () => {
    try {
      decodeSafetensors(file(`{"${"x".repeat(100_000)}":1}`));
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(2000);
    }
    expect.assertions(1);
  });
});

describe("keys", () => {
  test.each([
    ["a tensor twice", `{"x":${entry("[0]", "[0,0]")},"x":${entry("[0]", "[0,0]")}}`, 'the key "x" twice'],
    [
      "twice, escaped differently",
      `{"x":${entry("[0]", "[0,0]")},"\\u0078" :${entry("[0]", "[0,0]")}}`,
      'the key "x" twice',
    ],
    ["a field twice", '{"x":{"dtype":"F32","shape":[0],"shape":[1],"data_offsets":[0,0]}}', 'the key "shape" twice'],
    ["__proto__", `{"__proto__":${entry("[0]", "[0,0]")}}`, 'the key "__proto__"'],
    ["__proto__ in a tensor", `{"x":{"__proto__":${entry("[0]", "[0,0]")}}}`, 'the key "__proto__"'],
    ["__proto__ in the metadata", '{"__metadata__":{"__proto__":"x"}}', 'the key "__proto__"'],
    ["metadata that is no text", '{"__metadata__":{"step":7}}', '__metadata__: "step" must be a text, got 7'],
    ["metadata that is no object", '{"__metadata__":["x"]}', "__metadata__ must be an object of texts"],
  ])("%s", (_, header, message) => rejects(file(header), message));

  test("names of Object.prototype are names like others", () => {
    const header = `{"constructor":${entry("[0]", "[0,0]")},"toString":${entry("[]", "[0,4]")}}`;
    expect([...decodeSafetensors(file(header, 4)).tensors.keys()]).toEqual(["constructor", "toString"]);
    rejects(file('{"constructor":{}}'), 'tensor "constructor": dtype nothing is not one of');
    rejects(file(one("[0]", "[0,0]", '"toString"')), 'dtype "toString" is not one of');
  });

  test("quotes, braces and colons inside of names do not confuse the search for doubles", () => {
    const names = ['"', "\\", '\\"', '":', "{", "}", '"x":{', "\u2028"];
    const tensors = new Map(names.map((name) => [name, { dtype: "U8" as const, shape: [1], data: Uint8Array.of(1) }]));
    expect([...decodeSafetensors(encodeSafetensors(tensors)).tensors.keys()].sort()).toEqual(names.sort());
  });
});

describe("tensors", () => {
  test.each([
    ["no object", '{"x":7}', 0, 'tensor "x": must be an object, got 7'],
    ["an unknown dtype", one("[1]", "[0,4]", '"F8_E4M3"'), 4, 'tensor "x": dtype "F8_E4M3" is not one of'],
    ["a negative size", one("[-1]", "[0,4]"), 4, 'tensor "x": shape must be whole numbers ≥ 0, got [-1]'],
    ["a fraction of a size", one("[0.5]", "[0,2]"), 2, "shape must be whole numbers"],
    ["a size of 2^53", one("[9007199254740992]", "[0,4]"), 4, "shape must be whole numbers"],
    ["a size of 1e400", one("[1e400]", "[0,4]"), 4, "shape must be whole numbers"],
    ["a product above 2^53", one("[4294967296,4294967296]", "[0,4]"), 4, "is too large to count its bytes"],
    [
      "a product that is 0 modulo 2^64",
      one("[4294967296,4294967296,4]", "[0,0]"),
      0,
      "is too large to count its bytes",
    ],
    ["a shape that is no list", one('"1"', "[0,4]"), 4, "shape must be whole numbers"],
    ["one offset", one("[1]", "[4]"), 4, "data_offsets must be two whole numbers ≥ 0, got [4]"],
    ["a negative offset", one("[1]", "[-4,0]"), 4, "data_offsets must be two whole numbers"],
    ["offsets the wrong way round", one("[1]", "[4,0]"), 4, "F32 [1] has 4 bytes, but data_offsets [4,0] hold -4"],
    ["too few bytes", one("[2]", "[0,4]"), 4, "F32 [2] has 8 bytes, but data_offsets [0,4] hold 4"],
    [
      "data beyond the file",
      one("[2]", "[0,8]"),
      4,
      "tensors end at byte 8 of the data, but the file has 4 bytes of data; it is cut off",
    ],
    ["data that nobody owns", one("[1]", "[0,4]"), 5, "longer than its header says"],
    [
      "a hole at the beginning",
      one("[1]", "[4,8]"),
      8,
      "begins at byte 4 of the data, but the tensors before it end at 0: there is a hole",
    ],
    [
      "overlap",
      `{"x":${entry("[2]", "[0,8]")},"y":${entry("[2]", "[4,12]")}}`,
      12,
      'tensor "y": begins at byte 4 of the data, but the tensors before it end at 8: they overlap',
    ],
    ["the same bytes twice", `{"x":${entry("[1]", "[0,4]")},"y":${entry("[1]", "[0,4]")}}`, 4, "they overlap"],
  ])("%s", (_, header, dataBytes, message) => rejects(file(header, dataBytes), message));

  test("any order of the entries is fine, as long as they tile the data", () => {
    const header = `{"y":${entry("[1]", "[4,8]")},"x":${entry("[1]", "[0,4]")}}`;
    expect([...decodeSafetensors(file(header, 8)).tensors.keys()]).toEqual(["x", "y"]);
  });
});

describe("fuzzed", () => {
  const valid = encodeSafetensors(
    new Map([
      ["a", { dtype: "F32" as const, shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
      ["b", { dtype: "I64" as const, shape: [1], data: BigInt64Array.of(5n) }],
    ]),
    { format: "pt" },
  );
  const decodesOrRejects = (bytes: Uint8Array) => {
    try {
      for (const { shape, data } of decodeSafetensors(bytes).tensors.values()) {
        expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
      }
    } catch (error) {
      expect(error).toBeInstanceOf(SafetensorsError);
    }
  };
  test("every truncation is rejected", () => {
    for (let length = 0; length < valid.length; length++) {
      expect(() => decodeSafetensors(valid.slice(0, length))).toThrow(SafetensorsError);
    }
  });
  test("any changed bytes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = valid.slice();
          for (const [at, value] of changes) bytes[at] = value;
          decodesOrRejects(bytes);
        },
      ),
      { numRuns: 2000 },
    );
  });
  test("any bytes, and any JSON as header", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => decodesOrRejects(noise)));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(20), (json, data) =>
        decodesOrRejects(file(JSON.stringify(json), data)),
      ),
    );
    const sizes = fc.oneof(fc.nat(4), fc.integer(), fc.double(), fc.constantFrom(2 ** 32, 2 ** 53, 2 ** 53 - 1));
    const entries = fc.dictionary(
      fc.constantFrom("x", "y", "z", "constructor"),
      fc.record(
        {
          dtype: fc.constantFrom("F32", "U8", "X"),
          shape: fc.array(sizes, { maxLength: 3 }),
          data_offsets: fc.array(sizes, { maxLength: 3 }),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(entries, fc.nat(20), (json, data) => decodesOrRejects(file(JSON.stringify(json), data))),
      { numRuns: 1000 },
    );
  });
});
