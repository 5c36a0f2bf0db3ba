import fc from "fast-check";
import { expect, test } from "vitest";
import { BPE, BpeError, PieceCounter, type TrainedBpe, trainBpe } from "../src/index.js";

const spell = ({ merges, tokens }: TrainedBpe): string[] =>
  merges.map(([l, r]) => `${Buffer.from(tokens[l]!)} ${Buffer.from(tokens[r]!)}`);

// Sennrich et al., figure 1: {low 5, lower 2, newest 6, widest 3}; "~" stands for the paper's </w>.
const toy: [string, number][] = [
  ["low~", 5],
  ["lower~", 2],
  ["newest~", 6],
  ["widest~", 3],
];

test("the paper's corpus gives the paper's merges, ties by the lowest ids", () => {
  // The paper breaks ties by first occurrence: e s, es t, est </w>, l o, lo w. With ours, "t ~" (116, 126) comes
  // before "es t" (256, 116), all three occurring nine times; the tokens are the same from there on.
  const trained = trainBpe(toy, { vocabSize: 256 + 5 });
  expect(spell(trained)).toEqual(["e s", "t ~", "es t~", "l o", "lo w"]);
  expect(trained.tokens.slice(256).map(String)).toEqual(
    ["es", "t~", "est~", "lo", "low"].map((token) => String(new TextEncoder().encode(token))),
  );
});

/** Algorithm 1 of the paper as it stands: count everything anew for each merge. */
function naive(pieces: [string, number][], vocabSize: number, minFrequency: number): string[] {
  let words = pieces.map(([piece, count]) => ({ ids: [...Buffer.from(piece)], count }));
  const ids = new Map<string, number>(Array.from({ length: 256 }, (_, b) => [String.fromCharCode(b), b]));
  const names = [...ids.keys()];
  const merges: string[] = [];
  while (names.length < vocabSize) {
    const counts = new Map<string, [number, number, number]>();
    for (const { ids, count } of words) {
      for (let i = 0; i + 1 < ids.length; i++) {
        const key = `${ids[i]},${ids[i + 1]}`;
        const held = counts.get(key);
        counts.set(key, [(held?.[0] ?? 0) + count, ids[i]!, ids[i + 1]!]);
      }
    }
    const [best] = [...counts.values()].sort((a, b) => b[0] - a[0] || a[1] - b[1] || a[2] - b[2]);
    if (!best || best[0] < minFrequency) break;
    const [, left, right] = best;
    const name = names[left]! + names[right]!;
    if (!ids.has(name)) ids.set(name, names.push(name) - 1);
    merges.push(`${left},${right}`);
    words = words.map(({ ids: word, count }) => {
      const joined: number[] = [];
      for (let i = 0; i < word.length; i++) {
        if (word[i] === left && word[i + 1] === right) {
          joined.push(ids.get(name)!);
          i++;
        } else joined.push(word[i]!);
      }
      return { ids: joined, count };
    });
  }
  return merges;
}

const corpora = fc.uniqueArray(
  fc.tuple(
    fc.array(fc.constantFrom("a", "a", "b", "c", "é"), { minLength: 1, maxLength: 14 }).map((c) => c.join("")),
    fc.integer({ min: 1, max: 9 }),
  ),
  { selector: ([piece]) => piece, minLength: 1, maxLength: 12 },
);

test("merges are those of the paper's algorithm taken literally", () => {
  fc.assert(
    fc.property(corpora, fc.integer({ min: 1, max: 4 }), (pieces, minFrequency) => {
      const trained = trainBpe(pieces, { vocabSize: 290, minFrequency });
      expect(trained.merges.map(String)).toEqual(naive(pieces, 290, minFrequency));
      expect(new Set(trained.tokens.map(String)).size).toBe(trained.tokens.length);
    }),
    { numRuns: 300 },
  );
});

test("what training did to a piece is what encoding does to it", () => {
  const pieces: [string, number][] = [
    ["banana", 7],
    ["bandana", 5],
    ["an", 3],
    ["ananas", 4],
  ];
  const { merges, tokens } = trainBpe(pieces, { vocabSize: 300, minFrequency: 1 });
  const bpe = BPE.fromMerges(merges);
  for (const [piece] of pieces) expect(bpe.encode(piece)).toHaveLength(1);
  expect(bpe.vocabSize).toBe(tokens.length);
  expect([...bpe.tokens()].map(([bytes, id]) => [String(bytes), id])).toEqual(tokens.map((t, id) => [String(t), id]));
});

test("the order of the pieces does not matter", () => {
  const options = { vocabSize: 262 };
  expect(trainBpe([...toy].reverse(), options)).toEqual(trainBpe(toy, options));
});

test("progress is told for each token", () => {
  const seen: number[][] = [];
  trainBpe(toy, {
    vocabSize: 259,
    onProgress: ({ tokens, vocabSize, count }) => seen.push([tokens, vocabSize, count]),
  });
  expect(seen).toEqual([
    [257, 259, 9],
    [258, 259, 9],
    [259, 259, 9],
  ]);
});

test("it stops where no pair is frequent enough, and with nothing to learn from", () => {
  expect(trainBpe(toy, { vocabSize: 1000, minFrequency: 9 }).merges).toHaveLength(3);
  expect(trainBpe([], { vocabSize: 1000 }).tokens).toHaveLength(256);
  expect(trainBpe([["aaaa", 0]], { vocabSize: 1000 }).merges).toEqual([]);
});

test("wrong options and counts are named", () => {
  expect(() => trainBpe(toy, { vocabSize: 255 })).toThrow(BpeError);
  expect(() => trainBpe(toy, { vocabSize: Number.NaN })).toThrow("at least 256");
  expect(() => trainBpe([["ab", -1]], { vocabSize: 300 })).toThrow('the count of "ab"');
  expect(() => trainBpe([["ab", 1.5]], { vocabSize: 300 })).toThrow("whole number");
});

const bySpaces = (text: string, start: number): number => {
  const end = text.indexOf(" ", start + 1);
  return end === -1 ? text.length : end;
};

test("PieceCounter counts distinct pieces over a stream", () => {
  const counter = new PieceCounter(bySpaces);
  counter.add("to be or not to be");
  counter.add("to be");
  expect([...counter]).toEqual([
    ["to", 2],
    [" be", 3],
    [" or", 1],
    [" not", 1],
    [" to", 1],
  ]);
  expect(counter.size).toBe(5);
});

test("PieceCounter forgets the rarest when there are too many", () => {
  const counter = new PieceCounter(bySpaces, { maxPieces: 8 });
  for (let i = 0; i < 100; i++) counter.add(` often${i % 2} rare${i}`);
  expect(counter.size).toBeLessThanOrEqual(8);
  expect(new Map(counter).get(" often0")).toBe(50);
});

test("a scanner that stands still is an error, not a hang", () => {
  expect(() => new PieceCounter((_, start) => start).add("text")).toThrow("made no step");
  expect(() => BPE.fromMerges([]).encode("text", (_, start) => start)).toThrow("made no step");
  expect(() => BPE.fromMerges([]).encode("text", () => Number.NaN)).toThrow("made no step");
});
