import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Example, firstFitDecreasing, type PackedSequence, packSequences } from "../src/index.js";

const example = (...ids: number[]): Example => ({ ids, labels: ids });

describe("values", () => {
  test("a row as drawn in the head of packing.ts", () => {
    const rows = packSequences([example(21, 22), example(11, 12, 13), example(31, 32, 33, 34)], {
      length: 10,
      padId: 9,
    });
    expect(rows).toEqual([
      {
        ids: Int32Array.of(31, 32, 33, 34, 11, 12, 13, 21, 22, 9),
        labels: Int32Array.of(-100, 32, 33, 34, -100, 12, 13, -100, 22, -100),
        segments: Int32Array.of(1, 1, 1, 1, 2, 2, 2, 3, 3, 0),
        positions: Int32Array.of(0, 1, 2, 3, 0, 1, 2, 0, 1, 0),
      },
    ]);
  });

  test("first-fit decreasing on Johnson's kind of example", () => {
    // 6+4 | 5+5 | 5: the 4 goes back to the first bin, past the later ones.
    expect(firstFitDecreasing([4, 5, 6, 5, 5], 10)).toEqual([[2, 0], [1, 3], [4]]);
    expect(firstFitDecreasing([], 10)).toEqual([]);
  });

  test("strategy none keeps the order, one example a row", () => {
    const rows = packSequences([example(1), example(2, 3)], { length: 3, padId: 0, strategy: "none" });
    expect(rows.map((row) => [...row.ids])).toEqual([
      [1, 0, 0],
      [2, 3, 0],
    ]);
  });

  test("truncate cuts the end", () => {
    const rows = packSequences([example(1, 2, 3, 4)], { length: 3, padId: 0, overflow: "truncate" });
    expect([...(rows[0] as PackedSequence).ids]).toEqual([1, 2, 3]);
  });
});

/** Takes a row apart again by its segments. */
function unpack(row: PackedSequence): Example[] {
  const count = Math.max(0, ...row.segments);
  return Array.from({ length: count }, (_, segment) => {
    const at = [...row.segments.keys()].filter((i) => row.segments[i] === segment + 1);
    expect(at.map((i) => row.positions[i])).toEqual(at.map((_, i) => i));
    return { ids: at.map((i) => row.ids[i] as number), labels: at.map((i) => row.labels[i] as number) };
  });
}

describe("properties", () => {
  const length = 16;
  const examples = fc.array(
    fc
      .array(fc.record({ id: fc.nat(999), learn: fc.boolean() }), { minLength: 1, maxLength: length })
      .map((tokens) => ({ ids: tokens.map((t) => t.id), labels: tokens.map((t) => (t.learn ? t.id : -100)) })),
    { maxLength: 60 },
  );
  const key = (e: Example) => JSON.stringify([Array.from(e.ids), Array.from(e.labels)]);

  test("nothing is lost, doubled, or mixed; padding is marked everywhere", () => {
    fc.assert(
      fc.property(examples, fc.constantFrom("first-fit" as const, "none" as const), (input, strategy) => {
        const rows = packSequences(input, { length, padId: 1000, strategy });
        const expected = input.map(({ ids, labels }) => ({ ids, labels: [-100, ...labels.slice(1)] }));
        expect(rows.flatMap(unpack).map(key).sort()).toEqual(expected.map(key).sort());
        for (const row of rows) {
          for (let i = 0; i < length; i++) {
            if (row.segments[i] !== 0) continue;
            expect([row.ids[i], row.labels[i], row.positions[i]]).toEqual([1000, -100, 0]);
          }
        }
      }),
    );
  });

  test("equals the plain first-fit loop, and so keeps its bound of 11/9 of the least number of rows", () => {
    const naive = (sizes: number[]): number[][] => {
      const order = sizes.map((_, i) => i).sort((a, b) => (sizes[b] as number) - (sizes[a] as number) || a - b);
      const bins: { room: number; items: number[] }[] = [];
      for (const i of order) {
        let bin = bins.find((b) => b.room >= (sizes[i] as number));
        if (!bin) {
          bin = { room: length, items: [] };
          bins.push(bin);
        }
        bin.room -= sizes[i] as number;
        bin.items.push(i);
      }
      return bins.map((b) => b.items);
    };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: length }), { maxLength: 100 }), (sizes) => {
        expect(firstFitDecreasing(sizes, length)).toEqual(naive(sizes));
      }),
    );
  });
});

describe("errors say what is wrong", () => {
  test("examples", () => {
    const options = { length: 2, padId: 0 };
    expect(() => packSequences([example(1), example(1, 2, 3)], options)).toThrow(
      'example 1 has 3 tokens, but length is 2; raise length or set overflow to "truncate"',
    );
    expect(() => packSequences([{ ids: [], labels: [] }], options)).toThrow("example 0 is empty");
    expect(() => packSequences([{ ids: [1, 2], labels: [1] }], options)).toThrow("example 0 has 2 ids but 1 labels");
    expect(() => packSequences([], { length: 0, padId: 0 })).toThrow("length must be a whole number ≥ 1, got 0");
    expect(() => firstFitDecreasing([1, 5], 4)).toThrow("item 1 has size 5, which does not fit into 4");
  });
});
