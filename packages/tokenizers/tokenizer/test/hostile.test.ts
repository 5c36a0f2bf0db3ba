import fc from "fast-check";
import { expect, test } from "vitest";
import { Tokenizer, TokenizerError, trainTokenizer } from "../src/index.js";
import { change, changes, type Json, survives } from "./hostile.js";

const options = { kind: "bpe", vocabSize: 280, pattern: "cl100k", specialTokens: ["<|end|>"] } as const;
const good = JSON.stringify(await trainTokenizer(["the cat sat on the mat, the rat ate the cat\n".repeat(4)], options));

const changed = (edit: (file: Json) => void): Json => {
  const file = JSON.parse(good);
  edit(file);
  return file;
};

test.each<[string, (file: Json) => void, string]>([
  ["no model", (f) => delete f.model, "model must be an object"],
  ["another kind of model", (f) => (f.model.type = "Word"), "model.type must be"],
  ["a vocabulary of another kind", (f) => (f.model.type = "Unigram"), "model.vocab must be an array"],
  ["a vocabulary that is a list", (f) => (f.model.vocab = ["a"]), "model.vocab must be an object"],
  ["an id that is text", (f) => (f.model.vocab.a = "97"), 'model.vocab["a"] must be an id'],
  ["a gigantic id", (f) => (f.model.vocab.a = 4_294_967_295), "an id, an integer from 0 to"],
  ["an id twice", (f) => (f.model.vocab.a = f.model.vocab.b), "two tokens have the id"],
  ["a gigantic added id", (f) => (f.added_tokens[0].id = 1e15), "added_tokens[0].id must be an id"],
  ["an added id that the model has", (f) => (f.added_tokens[0].id = 97), "both the added token"],
  ["an added token twice", (f) => f.added_tokens.push({ ...f.added_tokens[0], id: 900 }), "added twice"],
  ["a merge of a missing token", (f) => f.model.merges.push(["a", "zzzz"]), "tokens of the vocabulary"],
  ["a merge into a missing token", (f) => f.model.merges.push(["q", "q"]), "the vocabulary lacks"],
  ["a merge of three", (f) => f.model.merges.push("a b c"), "two tokens"],
  ["a merge of numbers", (f) => f.model.merges.push([1, 2]), "must be a string"],
  ["merges that are no list", (f) => (f.model.merges = { length: 1e9 }), "model.merges must be an array"],
  ["a token that is not byte-level", (f) => (f.model.vocab.世 = 900), "byte-level characters"],
  ["dropout", (f) => (f.model.dropout = 0.1), "model.dropout must be unset"],
  [
    "an unknown expression",
    (f) => (f.pre_tokenizer.pretokenizers[0].pattern.Regex = "(a+"),
    "an expression that is known here",
  ],
  ["an unknown normalizer", (f) => (f.normalizer = { type: "__proto__" }), "normalizer.type must be one of"],
  ["a list for a pre-tokenizer", (f) => (f.pre_tokenizer = [f.pre_tokenizer]), "pre_tokenizer must be an object"],
  [
    "a bottomless pre-tokenizer",
    (f) => {
      for (let i = 0; i < 20; i++) f.pre_tokenizer = { type: "Sequence", pretokenizers: [f.pre_tokenizer] };
    },
    "must be one of",
  ],
  ["a flag that is a text", (f) => (f.pre_tokenizer.pretokenizers[1].add_prefix_space = "no"), "true or false"],
])("refused with the place named: %s", (_, edit, message) => {
  const read = (): Tokenizer => Tokenizer.fromJSON(changed(edit));
  expect(read).toThrow(TokenizerError);
  expect(read).toThrow(message);
});

test("a file cut off anywhere is refused", () => {
  for (let length = 0; length < good.length; length += 97) {
    expect(() => Tokenizer.fromJSON(good.slice(0, length))).toThrow(TokenizerError);
  }
});

test.each([undefined, null, 7, [], "", "[]", "null", "7", "{}"])("%j is no tokenizer", (json) => {
  expect(() => Tokenizer.fromJSON(json)).toThrow(TokenizerError);
});

test("__proto__ is a token like any other, and no prototype is touched", () => {
  const text = good.replace('"vocab":{', '"vocab":{"__proto__":900,"constructor":901,');
  const tokenizer = Tokenizer.fromJSON(text);
  expect(tokenizer.tokenToId("__proto__")).toBe(900);
  expect(tokenizer.tokenToId("toString")).toBeUndefined();
  expect(Tokenizer.fromJSON(JSON.stringify(tokenizer)).tokenToId("constructor")).toBe(901);
  expect(() => Tokenizer.fromJSON('{"__proto__":{"model":{"type":"BPE","vocab":{},"merges":[]}}}')).toThrow(
    "must be an object",
  );
});

test.each(["(a+)+$", "(a|aa)+b", "(.*)*x", "(a?){30}a{30}"])(
  "an expression that explodes elsewhere: %s",
  (expression) => {
    const file = changed((f) => (f.pre_tokenizer.pretokenizers[0].pattern.Regex = expression));
    const tokenizer = Tokenizer.fromJSON(file);
    const text = `${"a".repeat(20_000)}!`;
    const start = performance.now();
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    expect(performance.now() - start).toBeLessThan(20_000);
  },
);

test("a scanner of one's own makes an unknown expression readable", () => {
  const file = changed((f) => (f.pre_tokenizer.pretokenizers[0].pattern.Regex = "(?<x>.)\\k<x>"));
  expect(() => Tokenizer.fromJSON(file)).toThrow(TokenizerError);
  const tokenizer = Tokenizer.fromJSON(file, { scanner: (_, start) => start + 1 });
  expect(tokenizer.encode("the")).toEqual([116, 104, 101]);
});

test("whatever is put wherever: a tokenizer that works, or a TokenizerError, and soon", () => {
  let [refused, read] = [0, 0];
  fc.assert(
    fc.property(changes, (list) => {
      const file = JSON.parse(good);
      change(file, list);
      const text = JSON.stringify(file);
      if (survives(() => Tokenizer.fromJSON(text))) read++;
      else refused++;
    }),
    { numRuns: 1500, endOnFailure: true },
  );
  // Both ways are taken, so the property above says something.
  expect(read).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(100);
}, 60_000);

test("a hundred thousand tokens are read in a second or so, however they are made", () => {
  const file = changed((f) => {
    // A chain: each token is the one before it and one more byte, so the bytes of all are n² / 2.
    let last = "q";
    for (let i = 0; i < 2_000; i++) {
      const next = `${last}q`;
      f.model.vocab[next] = 1_000 + i;
      f.model.merges.push([last, "q"]);
      last = next;
    }
    for (let i = 0; i < 100_000; i++) f.model.vocab[`z${i.toString(36)}`] = 10_000 + i;
  });
  const start = performance.now();
  const tokenizer = Tokenizer.fromJSON(file);
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(tokenizer.encode("q".repeat(4_002)).length).toBeLessThan(4_002);
});
