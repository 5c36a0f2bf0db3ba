import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { Edges } from "../src/edges.js";
import { formatVocabTxt, parseVocabTxt, WordPiece, WordPieceError } from "../src/index.js";

const numbered = (tokens: readonly string[]): [string, number][] => tokens.map((token, id) => [token, id]);

/** BERT's loop taken literally: try the longest piece first, then one character less, and so on. */
function literal(ids: ReadonlyMap<string, number>, word: string, prefix = "##", max = 100): number[] {
  const unknown = [ids.get("[UNK]")!];
  const characters = [...word];
  if (characters.length > max) return unknown;
  const out: number[] = [];
  for (let start = 0; start < characters.length; ) {
    let end = characters.length;
    let id: number | undefined;
    for (; end > start; end--) {
      id = ids.get((start > 0 ? prefix : "") + characters.slice(start, end).join(""));
      if (id !== undefined) break;
    }
    if (id === undefined) return unknown;
    out.push(id);
    start = end;
  }
  return out;
}

const syllables = fc
  .array(fc.constantFrom("a", "a", "b", "ab", "#", "é", "🙂"), { minLength: 1, maxLength: 6 })
  .map((s) => s.join(""));
const vocabularies = fc
  .uniqueArray(
    fc.tuple(fc.boolean(), syllables).map(([inner, s]) => (inner ? "##" : "") + s),
    { maxLength: 24 },
  )
  .map((tokens) => numbered(["[UNK]", ...tokens]));
const words = fc.array(fc.constantFrom("a", "a", "b", "#", "é", "🙂", "x"), { maxLength: 24 }).map((s) => s.join(""));

test("a word becomes what the literal loop makes of it, for any vocabulary", () => {
  fc.assert(
    fc.property(vocabularies, fc.array(words, { minLength: 1, maxLength: 20 }), (vocabulary, texts) => {
      const wordPiece = new WordPiece({ vocabulary, maxWordLength: 12 });
      const ids = new Map(vocabulary);
      for (const word of texts) expect(wordPiece.encodeWords([word])).toEqual(literal(ids, word, "##", 12));
    }),
    { numRuns: 1000 },
  );
});

// Song et al., figure 1 and table 1.
test("the paper's example", () => {
  const vocabulary = numbered(["a", "abcdx", "##b", "##c", "##cdy", "##dz", "[UNK]"]);
  const wordPiece = new WordPiece({ vocabulary });
  const tokens = (word: string): (string | undefined)[] =>
    wordPiece.encodeWords([word]).map((id) => wordPiece.tokenText(id));
  expect(tokens("abcdz")).toEqual(["a", "##b", "##c", "##dz"]);
  expect(tokens("abcz")).toEqual(["[UNK]"]);
  expect(tokens("abcd")).toEqual(["[UNK]"]);
  expect(tokens("abcdy")).toEqual(["a", "##b", "##cdy"]);
  expect(tokens("abcdx")).toEqual(["abcdx"]);
});

test("BERT's example, a text, and back", () => {
  const wordPiece = new WordPiece({ vocabulary: numbered(["[UNK]", "un", "##aff", "##able", "want", "##ed"]) });
  expect(wordPiece.encode(" unaffable\twanted x ")).toEqual([1, 2, 3, 4, 5, 0]);
  expect(wordPiece.decode([1, 2, 3, 4, 5, 0])).toBe("unaffable wanted [UNK]");
  expect(wordPiece.decode([3, 4])).toBe("##able want");
  expect(wordPiece.encode("")).toEqual([]);
  expect(wordPiece.encodeWords([""])).toEqual([]);
});

test("more than a hundred characters are unknown, whatever they are; a hundred of two units each are not", () => {
  const wordPiece = new WordPiece({ vocabulary: numbered(["[UNK]", "a", "##a", "🙂", "##🙂"]) });
  expect(wordPiece.encodeWords(["a".repeat(100)])).toHaveLength(100);
  expect(wordPiece.encodeWords(["a".repeat(101)])).toEqual([0]);
  expect(wordPiece.encodeWords(["🙂".repeat(100)])).toHaveLength(100);
  expect(wordPiece.encodeWords(["🙂".repeat(101)])).toEqual([0]);
});

test("every character is looked at once: steps grow with the length, however matches fall", () => {
  // The literal loop tries all ends for each start: for this word about length² / 2 look-ups.
  const vocabulary = numbered(["[UNK]", "a", "##a", `##${"a".repeat(5000)}b`]);
  const wordPiece = new WordPiece({ vocabulary, maxWordLength: 10_000 });
  const get = vi.spyOn(Edges.prototype, "get");
  try {
    const steps = (n: number): number => {
      get.mockClear();
      expect(wordPiece.encodeWords(["a".repeat(n)])).toHaveLength(n);
      return get.mock.calls.length;
    };
    for (const n of [10, 900, 9000]) expect(steps(n)).toBeLessThanOrEqual(2 * n);
  } finally {
    get.mockRestore();
  }
});

test("vocab.txt", () => {
  expect(parseVocabTxt("[UNK]\r\na\n##a\n")).toEqual([
    ["[UNK]", 0],
    ["a", 1],
    ["##a", 2],
  ]);
  expect(
    formatVocabTxt([
      ["a", 1],
      ["[UNK]", 0],
    ]),
  ).toBe("[UNK]\na\n");
  expect(() => parseVocabTxt("a\n\nb")).toThrow("line 2 is empty");
  expect(() =>
    formatVocabTxt([
      ["a", 0],
      ["b", 2],
    ]),
  ).toThrow("no token has the id 1");
  expect(() => formatVocabTxt([["a\n", 0]])).toThrow("cannot hold");
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ unit: "binary", minLength: 1 }).filter((t) => !/[\r\n]/.test(t))),
      (tokens) => {
        expect(parseVocabTxt(formatVocabTxt(numbered(tokens)))).toEqual(numbered(tokens));
      },
    ),
  );
});

test("what cannot be a vocabulary is named", () => {
  const make = (vocabulary: [string, number][], options = {}) => new WordPiece({ vocabulary, ...options });
  expect(() => make([["a", 0]])).toThrow('lacks the unknown token "[UNK]"');
  expect(() =>
    make([
      ["a", 0],
      ["b", 0],
    ]),
  ).toThrow('"a" and "b" have the same id 0');
  expect(() =>
    make([
      ["a", 0],
      ["a", 1],
    ]),
  ).toThrow("comes twice");
  expect(() => make([["", 0]])).toThrow("is empty");
  for (const id of [-1, 0.5, Number.NaN, 2 ** 40]) expect(() => make([["a", id]])).toThrow(WordPieceError);
  expect(() => make([["[UNK]", 0]], { maxWordLength: 0 })).toThrow("maxWordLength");
  expect(() => make([["[UNK]", 0]]).decode([1])).toThrow("no token has the id 1");
  const odd = make(numbered(["[UNK]", "__proto__", "constructor"]));
  expect(odd.encodeWords(["__proto__", "toString"])).toEqual([1, 0]);
  expect(odd.tokenId("toString")).toBeUndefined();
});

test("a hostile vocabulary does not take more than its share of memory", () => {
  // Each node of these paths splits into as many tokens as it is deep: lists that are copied would take gigabytes.
  const long = Array.from({ length: 20_000 }, (_, i) => `${"a".repeat(90)}${i.toString(36)}x`);
  const before = process.memoryUsage().heapUsed;
  const wordPiece = new WordPiece({
    vocabulary: numbered(["[UNK]", "a", "##a", ...long, ...long.map((t) => `##${t}`)]),
  });
  expect(wordPiece.encodeWords(["a".repeat(97)])).toHaveLength(97);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(400e6);
});
