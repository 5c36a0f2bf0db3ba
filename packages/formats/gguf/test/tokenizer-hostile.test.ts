// Metadata of tokenizers that lies.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bool,
  GGUFError,
  type MetadataValue,
  numbers,
  string,
  strings,
  tokenizerFromGGUF,
  tokenizerToGGUF,
  uint32,
} from "../src/index.js";
import { gpt2, type Json, type KindName, kinds, llama, published, special, t5 } from "./tokenizers.js";

describe("hostile metadata", () => {
  const t = (key: string): string => `tokenizer.ggml.${key}`;
  test.each<[KindName, string, MetadataValue | undefined, string]>([
    ["gpt2", "model", string("rwkv"), '"rwkv" cannot be read; gpt2, llama, t5, bert can'],
    ["gpt2", "model", undefined, "the file does not have it"],
    ["gpt2", "pre", string("kimi-k2"), 'as "kimi-k2" does is not known; known are gpt-2'],
    ["gpt2", "pre", uint32(1), "must be a string"],
    ["gpt2", "merges", strings(["a"]), 'merge 0, "a", must be two tokens that make a third'],
    ["gpt2", "merges", strings(["a b", "b a"]), "merge 1"],
    ["gpt2", "merges", undefined, "does not have it"],
    ["llama", "tokens", strings([]), "has 0 tokens"],
    ["llama", "tokens", numbers("uint8", [1]), "must be an array of strings"],
    ["gpt2", "tokens", strings(["a", "b", "ab", "a"]), '"a" is there twice, as 0 and 3'],
    ["llama", "scores", numbers("float32", [1]), "has 1 values for 263 tokens"],
    ["llama", "scores", strings(["1"]), "must be an array of numbers"],
    ["llama", "scores", numbers("float32", new Array(263).fill(Number.NaN)), "token 0 has the score NaN"],
    ["llama", "token_type", numbers("int32", []), "has 0 values for 263 tokens"],
    ["llama", "token_type", numbers("int32", new Array(263).fill(7)), "token 0 has the type 7"],
    ["llama", "bos_token_id", uint32(263), "is 263, but the file has 263 tokens"],
    ["llama", "bos_token_id", bool(true), "must be a number"],
    ["llama", "add_bos_token", string("yes"), "must be a bool"],
    ["t5", "unknown_token_id", uint32(2 ** 32 - 1), "but the file has 5 tokens"],
    ["t5", "precompiled_charsmap", numbers("int32", [256]), "must be bytes, got 256 as value 0"],
    ["t5", "precompiled_charsmap", string("AA"), "must be an array of numbers"],
    ["t5", "remove_extra_whitespaces", uint32(1), "must be a bool"],
    ["bert", "tokens", strings(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "▁##a", "a"]), "are both"],
    ["bert", "normalizer.lowercase", uint32(0), "must be a bool"],
  ])("%s: %s", (kind, key, value, message) => {
    const metadata = published(kinds[kind]);
    if (value) metadata.set(t(key), value);
    else metadata.delete(t(key));
    expect(() => tokenizerFromGGUF(metadata)).toThrow(GGUFError);
    expect(() => tokenizerFromGGUF(metadata)).toThrow(message);
  });

  test("a piece that is endless", () => {
    const metadata = published(llama);
    const tokens = [...(metadata.get(t("tokens"))!.value as string[])];
    tokens[260] = "a".repeat(5000);
    expect(() => tokenizerFromGGUF(metadata.set(t("tokens"), strings(tokens)))).toThrow("is longer than 1024");
  });

  test("a tokenizer.json that is none", () => {
    const metadata = published(gpt2);
    const json = (text: string) => metadata.set("tokenizer.huggingface.json", string(text));
    expect(() => tokenizerFromGGUF(json("{"))).toThrow("is not valid JSON");
    expect(() => tokenizerFromGGUF(json("[]"))).toThrow("must be an object");
    for (const other of [t5, llama, { ...gpt2, added_tokens: [special(4, "x")] }])
      expect(() => tokenizerFromGGUF(json(JSON.stringify(other)))).toThrow("but the file has 4 tokens");
  });
});

describe("fuzzed", () => {
  const anyValue: fc.Arbitrary<MetadataValue> = fc.oneof(
    fc.string().map(string),
    fc.boolean().map(bool),
    fc.constantFrom(0, 1, 4, 262, 2 ** 31, 2 ** 32 - 1).map(uint32),
    fc.array(fc.constantFrom("a", "b", "a b", "", "▁", "▁a", "##", "[CLS]", "<0x00>"), { maxLength: 8 }).map(strings),
    fc
      .array(fc.oneof(fc.integer({ min: -2, max: 300 }), fc.float()), { maxLength: 8 })
      .map((v) => numbers("float32", v)),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => ({ type: "uint64" as const, value })),
  );

  test("metadata is read, or refused with a GGUFError", () => {
    const names = fc.constantFrom(...(Object.keys(kinds) as KindName[]));
    fc.assert(
      fc.property(names, fc.array(fc.tuple(fc.nat(30), anyValue), { minLength: 1, maxLength: 4 }), (kind, changes) => {
        const metadata = published(kinds[kind]);
        const keys = [...metadata.keys()];
        for (const [at, value] of changes) {
          const key = keys[at % keys.length]!;
          const list = metadata.get(key)!.value;
          // Half of the lists keep their length, so that what is in them is looked at.
          if (Array.isArray(list) && Array.isArray(value.value) && at % 2 === 0 && value.value.length > 0) {
            const longer = Array.from(
              list,
              (_, i) => (value.value as unknown[])[i % (value.value as unknown[]).length],
            );
            metadata.set(key, { ...value, value: longer } as MetadataValue);
          } else metadata.set(key, value);
        }
        onlyGGUFErrors(() => JSON.stringify(tokenizerFromGGUF(metadata)));
      }),
      { numRuns: 3000 },
    );
  });

  test("a tokenizer.json is written, or refused with a GGUFError", () => {
    const names = fc.constantFrom(...(Object.keys(kinds) as KindName[]));
    fc.assert(
      fc.property(
        names,
        fc.array(fc.tuple(fc.nat(), fc.anything()), { minLength: 1, maxLength: 3 }),
        (kind, changes) => {
          const json = structuredClone(kinds[kind]);
          for (const [at, value] of changes) {
            const places = placesIn(json);
            const [holder, key] = places[at % places.length]!;
            holder[key] = value;
          }
          onlyGGUFErrors(() => tokenizerToGGUF(parseable(json)));
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** All fields and elements, but of the long lists only some. */
function placesIn(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder)
    .slice(0, 12)
    .flatMap((key) => [[holder, key] as [Record<string, unknown>, string], ...placesIn(holder[key])]);
}

/** What JSON can hold of a value. */
function parseable(value: unknown): Json {
  const text = JSON.stringify(value, (_, each) => (typeof each === "bigint" ? Number(each) : each));
  return JSON.parse(text ?? "{}") as Json;
}

function onlyGGUFErrors(run: () => void): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(GGUFError);
  }
}
