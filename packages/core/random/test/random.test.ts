import fc from "fast-check";
import { expect, test } from "vitest";
import { currentRandom, philox, Random, withRandom } from "../src/index.js";

test("philox gives the known answers of Random123", () => {
  const run = (counter: number[], key: number[]): number[] => [
    ...philox(Uint32Array.from(counter), Uint32Array.from(key)),
  ];
  expect(run([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  const ones = 0xffffffff;
  expect(run([ones, ones, ones, ones], [ones, ones])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
  expect(run([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
    0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
  ]);
});

test("a stream continues exactly from its state", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(50), (seed, skip) => {
      const random = new Random(seed);
      for (let i = 0; i < skip; i++) random.uint32();
      const copy = Random.from(JSON.parse(JSON.stringify(random.state())));
      for (let i = 0; i < 9; i++) expect(copy.uint32()).toBe(random.uint32());
    }),
  );
});

test("skipping is drawing without looking", () => {
  for (const words of [0, 1, 3, 4, 5, 1001]) {
    const [drawn, skipped] = [new Random(7), new Random(7)];
    for (const random of [drawn, skipped]) random.uint32(); // a block is begun
    for (let i = 0; i < words; i++) drawn.uint32();
    skipped.skip(words);
    expect(skipped.uint32()).toBe(drawn.uint32());
  }
  expect(() => new Random(7).skip(-1)).toThrow("got -1");
});

test("forks depend on every label, and leave their parent alone", () => {
  const parent = new Random(1);
  const first = (...labels: (string | number)[]): number => parent.fork(...labels).uint32();
  const draws = [
    first(),
    first("a"),
    first("b"),
    first("a", "b"),
    first("ab"),
    first("a", 0),
    first(0),
    first("0"),
    first(0, 1),
    first(1, 0),
  ];
  expect(new Set(draws).size).toBe(draws.length);
  expect(first("a", "b")).toBe(draws[3]);
  expect(parent.state().position).toBe(0);
});

test("uniform numbers pass a chi-square test, normal ones have the right moments", () => {
  const random = new Random(7);
  const n = 64_000;
  const counts = new Array<number>(64).fill(0);
  for (let i = 0; i < n; i++) {
    const bin = Math.floor(random.uniform() * 64);
    counts[bin] = (counts[bin] as number) + 1;
  }
  const chi = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  expect(chi).toBeLessThan(103.4); // 63 degrees of freedom, p = 0.001
  const normals = random.fillNormal(new Float32Array(100_000));
  const moment = (k: number): number => normals.reduce((sum, x) => sum + x ** k, 0) / normals.length;
  // Standard errors: 1/√n, √(2/n), √(15/n), √(96/n); four of each.
  expect(Math.abs(moment(1))).toBeLessThan(0.013);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.018);
  expect(Math.abs(moment(3))).toBeLessThan(0.05);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.124);
});

test("permutation holds each number once; integer refuses nonsense", () => {
  const order = new Random(3).permutation(1000);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect([...order.slice(0, 5)]).not.toEqual([0, 1, 2, 3, 4]);
  expect(() => new Random(1).integer(0)).toThrow("1 … 2^32");
});

test("scopes nest, close after errors, and are required", () => {
  const [outer, inner] = [new Random(1), new Random(2)];
  withRandom(outer, () => {
    expect(() =>
      withRandom(inner, () => {
        throw new Error("x");
      }),
    ).toThrow("x");
    expect(currentRandom()).toBe(outer);
  });
  expect(() => currentRandom()).toThrow("withRandom");
});
