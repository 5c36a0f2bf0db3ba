import fc from "fast-check";
import { expect, test } from "vitest";
import {
  byteLevelPreTokenizer,
  customPreTokenizer,
  type Model,
  normalizers,
  preTokenizer,
  Tokenizer,
  TokenizerError,
  tokenizerFromTiktoken,
  trainTokenizer,
} from "../src/index.js";

const poem = ["The quick brown fox jumps over the lazy dog.\n", "Der schnelle braune Fuchs: ÄÖÜ, 日本語, 🦊🦊.\n"];
const special = ["<|endoftext|>", "<|user|>"];
const bpe = await trainTokenizer([...poem, ...poem, ...poem], { kind: "bpe", vocabSize: 300, specialTokens: special });

test("special tokens in a text are refused, or text, unless allowed", () => {
  const text = "a<|endoftext|>b<|user|>";
  const end = bpe.specialTokens.get("<|endoftext|>")!;
  const user = bpe.specialTokens.get("<|user|>")!;
  expect([end, user]).toEqual([298, 299]);
  const asText = { disallowedSpecial: "text" } as const;
  const ordinary = bpe.encode(text, asText);
  expect(ordinary.some((id) => id >= 298)).toBe(false);
  expect(bpe.decode(ordinary)).toBe(text);
  const a = bpe.encode("a");
  const b = bpe.encode("b");
  expect(bpe.encode(text, { allowedSpecial: "all" })).toEqual([...a, end, ...b, user]);
  expect(bpe.encode(text, { allowedSpecial: ["<|endoftext|>"], ...asText })).toEqual([
    ...a,
    end,
    ...b,
    ...bpe.encode("<|user|>", asText),
  ]);
  expect(() => bpe.encode(text)).toThrow('<|endoftext|>" at position 1');
  expect(() => bpe.encode(text, { allowedSpecial: ["<|endoftext|>"] })).toThrow("<|user|>");
  expect(bpe.encode(text, { allowedSpecial: "all", disallowedSpecial: "error" })).toEqual([...a, end, ...b, user]);
  expect(() => bpe.encode(text, { allowedSpecial: ["<|nope|>"] })).toThrow("no special token here");
});

test("added tokens that are not special are always found; of two, the longer", () => {
  const addedTokens = [
    { content: "lazy", id: 400, special: false },
    { content: "lazy.dog", id: 401, special: false },
  ];
  const tokenizer = new Tokenizer({ model: bpe.model, addedTokens });
  expect(tokenizer.encode("lazy.doglazylazyXdog")).toEqual([401, 400, 400, ...bpe.encode("Xdog")]);
  expect(tokenizer.vocabSize).toBe(402);
});

test("decode can leave special tokens out", () => {
  const ids = bpe.encode("fox<|user|>", { allowedSpecial: "all" });
  expect(bpe.decode(ids)).toBe("fox<|user|>");
  expect(bpe.decode(ids, { specialTokens: "skip" })).toBe("fox");
  expect(() => bpe.decode([300])).toThrow("no token has the id 300");
  expect(() => bpe.decode([0.5])).toThrow(TokenizerError);
});

test("decode undoes encode, and the stream joined is the whole, never within a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const ids = bpe.encode(text);
      expect(bpe.decode(ids)).toBe(text);
      const stream = bpe.decodeStream();
      const parts = [...ids.map((id) => stream.push(id)), stream.flush()];
      expect(parts.join("")).toBe(text);
      for (const part of parts) expect(Buffer.from(part).toString()).toBe(part); // well-formed
      if (!text.includes("\ufffd")) expect(parts.join("|")).not.toContain("\ufffd");
    }),
  );
});

test("the stream and the whole agree on any ids, and a character that is never finished shows at the end", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 299 })), (ids) => {
      const stream = bpe.decodeStream();
      expect(ids.map((id) => stream.push(id)).join("") + stream.flush()).toBe(bpe.decode(ids));
    }),
  );
  const stream = bpe.decodeStream();
  expect(stream.push(0xf0)).toBe("");
  expect(stream.flush()).toBe("\ufffd");
});

test("encodeBatch encodes each", () => {
  expect(bpe.encodeBatch(poem)).toEqual(poem.map((text) => bpe.encode(text)));
});

test("training compresses, counts its progress, takes async texts, and repeats exactly", async () => {
  async function* later(): AsyncGenerator<string> {
    for (const text of [...poem, ...poem, ...poem]) yield text;
  }
  const stages: string[] = [];
  const onProgress = ({ stage, tokens, vocabSize }: { stage: string; tokens: number; vocabSize: number }): void => {
    stages.push(stage);
    expect(tokens).toBeLessThanOrEqual(vocabSize);
  };
  const again = await trainTokenizer(later(), { kind: "bpe", vocabSize: 300, specialTokens: special, onProgress });
  expect(JSON.stringify(again)).toBe(JSON.stringify(bpe));
  expect(stages.filter((stage) => stage === "count")).toHaveLength(6);
  expect(stages.filter((stage) => stage === "merge")).toHaveLength(300 - 256 - 2);
  expect(bpe.encode(poem[0]!).length).toBeLessThan(poem[0]!.length / 1.5);
  expect(bpe.vocabSize).toBe(300);
});

test("characters: sorted by code point, as in nanoGPT", async () => {
  const tokenizer = await trainTokenizer(["hello 🙂", "\uff5e world\n"], { kind: "char" });
  expect(Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.idToToken(id)).join("")).toBe(
    "\n dehlorw\uff5e🙂",
  );
  expect(tokenizer.encode("low")).toEqual([5, 6, 8]);
  expect(tokenizer.decode(tokenizer.encode("hello 🙂 world"))).toBe("hello 🙂 world");
  expect(() => tokenizer.encode("hex")).toThrow('the character "x" at position 2 is not in the vocabulary of 11');
});

test("characters: an unknown token, a limit, and special tokens", async () => {
  const options = { kind: "char", unknownToken: "<unk>", specialTokens: ["<|end|>"], vocabSize: 5 } as const;
  const tokenizer = await trainTokenizer(["aaabbbccd"], options);
  expect(["a", "b", "c", "<|end|>", "<unk>"].map((token) => tokenizer.tokenToId(token))).toEqual([0, 1, 2, 3, 4]);
  expect(tokenizer.encode("adz")).toEqual([0, 4, 4]);
  expect(tokenizer.decode([0, 4])).toBe("a<unk>");
  expect(tokenizer.encode("\ud800")).toEqual([4]);
  await expect(trainTokenizer(["abc"], { kind: "char", vocabSize: 2 })).rejects.toThrow("has 3 characters");
});

test("the pipeline takes a model of one's own", () => {
  const words = ["the", "fox"];
  const model: Model = {
    vocabSize: 2,
    encode: (piece, out) => {
      if (words.includes(piece)) out.push(words.indexOf(piece));
    },
    surface: (id) => words[id],
    idToToken: (id) => words[id],
    tokenToId: (token) => (words.includes(token) ? words.indexOf(token) : undefined),
    toJSON: () => ({}),
  };
  const stages = { normalizer: normalizers(["Lowercase"]), preTokenizer: preTokenizer({ type: "WhitespaceSplit" }) };
  const tokenizer = new Tokenizer({ model, ...stages });
  expect(tokenizer.encode("The FOX")).toEqual([0, 1]);
  expect(tokenizer.tokenize("The FOX").offsets).toEqual([
    [0, 3],
    [4, 7],
  ]);
  expect(tokenizer.decode([0, 1])).toBe("the fox");
});

test("what cannot be is named", async () => {
  const model = bpe.model;
  const added = (...tokens: [string, number][]) => tokens.map(([content, id]) => ({ content, id, special: true }));
  expect(() => new Tokenizer({ model, addedTokens: added(["x", 500], ["x", 501]) })).toThrow("added twice");
  expect(() => new Tokenizer({ model, addedTokens: added(["x", 500], ["y", 500]) })).toThrow(
    "two added tokens have the id 500",
  );
  expect(() => new Tokenizer({ model, addedTokens: added(["", 500]) })).toThrow("empty");
  expect(() => new Tokenizer({ model, addedTokens: added(["<s>", 97]) })).toThrow(
    'both the added token "<s>" and the model\'s "a"',
  );
  expect(() => byteLevelPreTokenizer("gpt5" as "gpt2")).toThrow("pattern must be one of");
  expect(() => normalizers(["constructor" as "NFC"])).toThrow("normalizer.type must be one of");
  const own = new Tokenizer({ model, preTokenizer: customPreTokenizer((text) => text.length) });
  expect(own.decode(own.encode("own scanner"))).toBe("own scanner");
  expect(() => own.toJSON()).toThrow("no name in tokenizer.json");
  expect(() => tokenizerFromTiktoken("nonsense", { pattern: "gpt2" })).toThrow(TokenizerError);
  await expect(trainTokenizer([], { kind: "bpe", vocabSize: 300 })).rejects.toThrow("no text");
  await expect(trainTokenizer(["a"], { kind: "bpe", vocabSize: 256, specialTokens: ["<s>"] })).rejects.toThrow(
    "at least 257",
  );
  await expect(trainTokenizer(["a"], { kind: "word" as "bpe" })).rejects.toThrow("kind must be");
  await expect(trainTokenizer("one text", { kind: "bpe", vocabSize: 300 })).rejects.toThrow("a list of texts");
});
