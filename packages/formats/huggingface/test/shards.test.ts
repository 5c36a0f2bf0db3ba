import fc from "fast-check";
import { expect, test } from "vitest";
import { HuggingFaceError, parseConfig, parseIndex, planShards, writeIndex } from "../src/index.js";

test("shards are filled in order, and none exceeds the limit unless one tensor does", () => {
  const sizes = new Map(Object.entries({ a: 6, b: 4, c: 5, d: 20, e: 1 }));
  expect([...planShards(sizes, 10).values()]).toEqual([["a", "b"], ["c"], ["d"], ["e"]]);
  expect([...planShards(sizes, 10).keys()][3]).toBe("model-00004-of-00004.safetensors");
  expect([...planShards(sizes, 36).keys()]).toEqual(["model.safetensors"]);
  expect([...planShards(new Map(), 1)]).toEqual([["model.safetensors", []]]);
  expect(() => planShards(sizes, 0)).toThrow("shardBytes must be positive, got 0");
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.integer({ min: 1, max: 100 }), (bytes, limit) => {
      const plan = planShards(new Map(bytes.map((size, i) => [`t${i}`, size])), limit);
      expect([...plan.values()].flat()).toEqual(bytes.map((_, i) => `t${i}`));
      for (const names of plan.values()) {
        const total = names.reduce((sum, name) => sum + bytes[Number(name.slice(1))]!, 0);
        expect(total <= limit || names.filter((name) => bytes[Number(name.slice(1))]! > 0).length === 1).toBe(true);
      }
    }),
  );
});

test("an index is read as it was written", () => {
  const name = fc.stringMatching(/^[a-z_][a-z0-9._]{0,9}$/).filter((each) => each !== "__proto__");
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 2 }), (names) => {
      const plan = planShards(new Map(names.map((each) => [each, 1])), 1);
      expect([...parseIndex(writeIndex(plan, names.length))].sort()).toEqual(
        [...plan].flatMap(([file, tensors]) => tensors.map((tensor) => [tensor, file])).sort(),
      );
    }),
  );
});

test("fuzzed: an index or a config is read or refused, and never names a path", () => {
  const safe = (text: string): void => {
    for (const parse of [parseIndex, parseConfig]) {
      try {
        const parsed = parse(text);
        if (parsed instanceof Map) for (const file of parsed.values()) expect(file).toMatch(/^\w[\w.-]*\.safetensors$/);
      } catch (error) {
        expect(error).toBeInstanceOf(HuggingFaceError);
        expect((error as Error).message.length).toBeLessThan(1100);
      }
    }
  };
  const files = fc.oneof(
    fc.string(),
    fc.constantFrom("a.safetensors", "../a.safetensors", "a/b.safetensors"),
    fc.jsonValue(),
  );
  fc.assert(fc.property(fc.string(), safe));
  fc.assert(fc.property(fc.json(), safe));
  fc.assert(fc.property(fc.dictionary(fc.string(), files), (weight_map) => safe(JSON.stringify({ weight_map }))));
  safe(`{"weight_map":{"x":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`);
  safe('{"__proto__":{"weight_map":{"x":"a.safetensors"}}}');
  expect(() => parseIndex('{"__proto__":{"weight_map":{}}}')).toThrow('must have an object "weight_map"');
});
