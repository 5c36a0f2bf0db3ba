import fc from "fast-check";
import { expect, test } from "vitest";
import { BPE, BpeError, byteTokens, formatTiktoken, parseTiktoken, trainBpe } from "../src/index.js";
import { MAX_CACHED } from "../src/piece-cache.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const { merges } = trainBpe(
  [
    ["banana", 7],
    ["bandana", 5],
    ["über", 3],
    ["übel", 3],
    ["🙂🙃", 4],
  ],
  { vocabSize: 275 },
);

/** The definition: join the leftmost pair of lowest rank until there is none. */
function literal(pairs: readonly (readonly [number, number])[], bpe: BPE, piece: Uint8Array): number[] {
  let ids = [...piece];
  for (;;) {
    let best = -1;
    let lowest = pairs.length;
    for (let i = 0; i + 1 < ids.length; i++) {
      const rank = pairs.findIndex(([l, r]) => l === ids[i] && r === ids[i + 1]);
      if (rank !== -1 && rank < lowest) [best, lowest] = [i, rank];
    }
    if (best === -1) return ids;
    const joined = bpe.tokenId(Uint8Array.of(...bpe.tokenBytes(ids[best]!)!, ...bpe.tokenBytes(ids[best + 1]!)!))!;
    ids = [...ids.slice(0, best), joined, ...ids.slice(best + 2)];
  }
}

test("short and long pieces alike follow the definition", () => {
  const bpe = BPE.fromMerges(merges);
  const text = fc.array(fc.constantFrom("b", "an", "ana", "d", "ü", "be", "🙂", "🙃", "\ud83d"), { maxLength: 60 });
  fc.assert(
    fc.property(text, (parts) => {
      const piece = parts.join("");
      const expected = literal(merges, bpe, bytes(piece));
      expect(bpe.encode(piece)).toEqual(expected);
      expect(bpe.encode(piece)).toEqual(expected); // from the cache
      expect(bpe.encodeBytes(bytes(piece))).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

test("decode undoes encode for any well-formed text, decodeBytes for any bytes", () => {
  const bpe = BPE.fromMerges(merges);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(bpe.decode(bpe.encode(text))).toBe(text);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => {
      expect(bpe.decodeBytes(bpe.encodeBytes(raw))).toEqual(raw);
    }),
  );
});

test("a byte order mark is text like any other; a lone surrogate becomes U+FFFD", () => {
  const bpe = BPE.fromMerges([]);
  expect(bpe.decode(bpe.encode("\ufeffa"))).toBe("\ufeffa");
  expect(bpe.encode("a\ud800b\udc00")).toEqual([...bytes("a\ufffdb\ufffd")]);
});

test("the cache stays right when it overflows, and at its longest piece", () => {
  const bpe = BPE.fromMerges(merges);
  const fresh = (piece: string): number[] => BPE.fromMerges(merges).encode(piece);
  for (let i = 0; i < 200_000; i++) bpe.encode(`banana${i}`);
  for (const piece of ["banana7", "banana199999", "b".repeat(MAX_CACHED), "ü".repeat(MAX_CACHED + 1)]) {
    expect(bpe.encode(piece)).toEqual(fresh(piece));
    expect(bpe.encode(piece)).toEqual(fresh(piece));
  }
});

test("encodePieces keeps tokens within pieces", () => {
  const bpe = BPE.fromMerges([[97, 98]]);
  expect(bpe.encode("ab")).toEqual([256]);
  expect(bpe.encodePieces(["a", "b", "ab"])).toEqual([97, 98, 256]);
});

test("ranks may join any two neighbours, whichever way the token was first made", () => {
  const ranks = [...byteTokens(), [bytes("bc"), 256], [bytes("ab"), 257], [bytes("abc"), 258]] as [
    Uint8Array,
    number,
  ][];
  const bpe = BPE.fromRanks(ranks);
  expect(bpe.merges()).toEqual([
    [98, 99],
    [97, 98],
    [97, 256],
    [257, 99],
  ]);
  expect(bpe.encode("abcab")).toEqual([258, 257]);
});

test("with ranks a piece that is a token is that token, even where merging would not reach it", () => {
  const ranks = [...byteTokens(), [bytes("xyz"), 256]] as [Uint8Array, number][];
  expect(BPE.fromRanks(ranks).encode("xyz")).toEqual([256]);
  expect(BPE.fromRanks(ranks).encode("xyzx")).toEqual([120, 121, 122, 120]);
  expect(BPE.fromMerges([], { vocabulary: ranks }).encode("xyz")).toEqual([120, 121, 122]);
});

test("what cannot be a vocabulary is named", () => {
  const one = (id: number): Iterable<[Uint8Array, number]> => [[bytes("a"), id]];
  for (const id of [-1, 1.5, Number.NaN, 2 ** 31, 1e300]) expect(() => BPE.fromRanks(one(id))).toThrow("token id");
  expect(() =>
    BPE.fromRanks([
      [bytes("a"), 1],
      [bytes("b"), 1],
    ]),
  ).toThrow("two tokens have the id 1");
  expect(() =>
    BPE.fromRanks([
      [bytes("a"), 1],
      [bytes("a"), 2],
    ]),
  ).toThrow("same bytes");
  expect(() => BPE.fromRanks([[bytes(""), 1]])).toThrow("no bytes");
  expect(() => BPE.fromMerges([[97, 999]])).toThrow("merge 0 [97, 999] names the id 999");
  expect(() => BPE.fromMerges([[97, 98]], { vocabulary: byteTokens() })).toThrow("the vocabulary lacks");
  const doublings = Array.from({ length: 60 }, (_, i): [number, number] => (i ? [255 + i, 255 + i] : [97, 97]));
  expect(() => BPE.fromMerges(doublings)).toThrow("too long");
  expect(() => BPE.fromRanks(one(0)).encode("b")).toThrow("no token for the byte 98");
  expect(() => BPE.fromMerges([]).decode([256])).toThrow(BpeError);
  expect(() => BPE.fromMerges([]).decode([-1])).toThrow("no token has the id -1");
});

test(".tiktoken text is read and written", () => {
  const ranks = parseTiktoken("IQ== 0\nIg== 1\n\r\nw6k= 7\r\n");
  expect(ranks).toEqual([
    [bytes("!"), 0],
    [bytes('"'), 1],
    [bytes("é"), 7],
  ]);
  expect(parseTiktoken(formatTiktoken(ranks))).toEqual(ranks);
  expect(parseTiktoken("! 5 IQ== Ig==")).toEqual([
    [bytes("!"), 5],
    [bytes('"'), 6],
  ]);
});

test.each(["IQ==", "IQ== x", "IQ== 1 2", "*** 1", "IQ== 1.5", "IQ== 0\n<html>"])("%j is not .tiktoken text", (text) => {
  expect(() => parseTiktoken(text)).toThrow(BpeError);
});
