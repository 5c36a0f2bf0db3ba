import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeShard, dtypeForVocabulary, encodeShard, parseShardHeader, ShardError } from "../src/index.js";

type Fixture = { tokens: number[]; base64: string };
const text = readFileSync(new URL("fixtures/shards.json", import.meta.url), "utf8");
const fixtures = JSON.parse(text) as Record<"uint16" | "uint32" | "nanogpt", Fixture>;
const bytesOf = ({ base64 }: Fixture) => new Uint8Array(Buffer.from(base64, "base64"));

describe("files written by NumPy", () => {
  test.each(["uint16", "uint32"] as const)("llm.c, %s: equal byte for byte, and read back", (dtype) => {
    const { tokens } = fixtures[dtype];
    const bytes = bytesOf(fixtures[dtype]);
    expect(encodeShard(tokens, { dtype })).toEqual(bytes);
    expect(parseShardHeader(bytes, bytes.length)).toEqual({
      format: "llm.c",
      dtype,
      headerBytes: 1024,
      tokens: tokens.length,
    });
    expect([...decodeShard(bytes)]).toEqual(tokens);
  });
  test("nanoGPT, without header", () => {
    const { tokens } = fixtures.nanogpt;
    expect(encodeShard(tokens, { format: "nanogpt" })).toEqual(bytesOf(fixtures.nanogpt));
    expect([...decodeShard(bytesOf(fixtures.nanogpt))]).toEqual(tokens);
  });
});

test("decode ∘ encode is the identity, at any alignment of the bytes", () => {
  const tokens = fc.array(fc.nat(2 ** 31 - 1), { maxLength: 50 });
  fc.assert(
    fc.property(tokens, fc.nat(3), (ids, shift) => {
      const bytes = encodeShard(ids, { dtype: "uint32" });
      const moved = new Uint8Array(bytes.length + shift).subarray(shift);
      moved.set(bytes);
      expect([...decodeShard(moved)]).toEqual(ids);
    }),
  );
});

test("dtypeForVocabulary", () => {
  expect([65, 50257, 65536, 65537, 128256].map(dtypeForVocabulary)).toEqual([
    "uint16",
    "uint16",
    "uint16",
    "uint32",
    "uint32",
  ]);
});

describe("hostile bytes", () => {
  const whole = encodeShard([1, 2, 3]);
  const patched = (index: number, value: number) => {
    const bytes = whole.slice();
    new DataView(bytes.buffer).setInt32(4 * index, value, true);
    return bytes;
  };
  test.each([
    [
      "cut off in the tokens",
      whole.subarray(0, -1),
      "promises 3 uint16 tokens in 1030 bytes, but the file has 1029 bytes",
    ],
    ["cut off in the header", whole.subarray(0, 100), "cut off in its header, after 100 of 1024 bytes"],
    ["bytes too many", Uint8Array.of(...whole, 0, 0), "but the file has 1032 bytes"],
    ["an unknown version", patched(1, 9), "version 9; for uint16 tokens only version 1 is known"],
    ["a negative count", patched(2, -3), "promises -3 uint16 tokens"],
    ["a huge count", patched(2, 2 ** 31 - 1), "promises 2147483647 uint16 tokens"],
    ["half a token, without header", Uint8Array.of(1, 2, 3), "3 bytes are no whole number of uint16 tokens"],
  ])("%s", (_, bytes, message) => {
    expect(() => decodeShard(bytes)).toThrow(ShardError);
    expect(() => decodeShard(bytes)).toThrow(message);
  });
  test("not what was asked for", () => {
    expect(() => decodeShard(Uint8Array.of(1, 0, 0, 0), { format: "llm.c" })).toThrow(
      "does not begin with an llm.c magic number",
    );
    expect(() => decodeShard(whole, { dtype: "uint32" })).toThrow("holds uint16 tokens, expected uint32");
    expect(() => decodeShard(new Uint8Array(4).fill(255), { dtype: "uint32" })).toThrow("these bytes are no token ids");
  });
  test("any bytes give tokens or a ShardError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(1040), fc.boolean(), (noise, at, keep) => {
        const bytes = keep ? whole.slice() : new Uint8Array(at);
        bytes.set(noise.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
        try {
          for (const token of decodeShard(bytes)) expect(token).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ShardError);
        }
      }),
    );
  });
});

test("tokens that do not fit are errors, never wrapped", () => {
  expect(() => encodeShard([1, 65536])).toThrow(
    "token 1 is 65536, which is not a uint16 id below 65536; store it as uint32",
  );
  for (const bad of [-1, 0.5, Number.NaN]) expect(() => encodeShard([bad])).toThrow(`token 0 is ${bad}`);
  expect(() => encodeShard([2 ** 31], { dtype: "uint32" })).toThrow("is not a uint32 id below 2147483648");
});
