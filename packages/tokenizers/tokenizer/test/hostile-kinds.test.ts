// Hostile tokenizer.json of every kind of model, made of those that Hugging Face's own library wrote, with every kind of stage.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Tokenizer, trainTokenizer } from "../src/index.js";
import rust from "./fixtures/rust.json" with { type: "json" };
import { change, changes, type Json, survives } from "./hostile.js";
import { stages } from "./stages.js";

const characters = await trainTokenizer(["the cat sat"], {
  kind: "char",
  unknownToken: "<unk>",
  specialTokens: ["<s>"],
});
const kinds: [string, string][] = [
  ...rust.cases.map(({ name, tokenizer }): [string, string] => [name, JSON.stringify(tokenizer)]),
  ["characters", JSON.stringify(characters)],
];

describe.each(kinds)("%s", (_, good) => {
  test("as it is", () => {
    expect(survives(() => Tokenizer.fromJSON(good))).toBe(true);
  });

  test("cut off after any byte", () => {
    const bytes = new TextEncoder().encode(good);
    const decoder = new TextDecoder();
    for (let length = 0; length < bytes.length; length++) {
      const text = decoder.decode(bytes.subarray(0, length));
      if (survives(() => Tokenizer.fromJSON(text))) throw new Error(`read without what follows byte ${length}`);
    }
  });

  test("bytes changed", () => {
    const bytes = new TextEncoder().encode(good);
    const edits = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    let read = 0;
    fc.assert(
      fc.property(edits, (list) => {
        const changed = bytes.slice();
        for (const [at, byte] of list) changed[at] = byte;
        if (survives(() => Tokenizer.fromJSON(new TextDecoder().decode(changed)))) read++;
      }),
      { numRuns: 300 },
    );
    expect(read).toBeGreaterThan(0);
  });

  test("anything put anywhere, and other stages", () => {
    const other = fc.option(fc.tuple(fc.constantFrom(...Object.keys(stages)), fc.nat(), fc.nat()));
    let [read, refused] = [0, 0];
    fc.assert(
      fc.property(changes, other, (list, stage) => {
        const file = JSON.parse(good);
        if (stage) file[stage[0]] = someStages(stage[0], stage[1], stage[2]);
        if (!stage || stage[1] % 2) change(file, list);
        const text = JSON.stringify(file);
        if (survives(() => Tokenizer.fromJSON(text))) read++;
        else refused++;
      }),
      { numRuns: 500 },
    );
    // Half of 500 can be read, give or take 11; that both ways are taken makes the property say something.
    expect(read).toBeGreaterThan(150);
    expect(refused).toBeGreaterThan(150);
  });
});

/** One stage of that name, or a sequence of two. */
function someStages(name: string, first: number, second: number): Json {
  const known = stages[name]!;
  const entries = known.entries;
  const [a, b] = [entries[first % entries.length], entries[second % entries.length]];
  return structuredClone(second % 2 ? a : { type: "Sequence", [known.list]: [a, b] });
}

test("every kind of stage is read", () => {
  for (const [name, { entries }] of Object.entries(stages)) {
    for (const entry of entries) {
      const file = { model: { type: "WordPiece", vocab: { "[UNK]": 0, the: 1 } }, [name]: entry };
      if (!survives(() => Tokenizer.fromJSON(JSON.stringify(file))))
        throw new Error(`${name}: ${JSON.stringify(entry)}`);
    }
  }
});

test.each<[string, string]>([
  ["-1e999", "a score"],
  ["1e999", "a score"],
  ["null", "a score"],
  ['"NaN"', "a score"],
])("a score of %s", (score, message) => {
  const text = `{"model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["a",${score}]]}}`;
  expect(survives(() => Tokenizer.fromJSON(text))).toBe(false);
  expect(() => Tokenizer.fromJSON(text)).toThrow(message);
});

test.each([-1e308, 1e308, 5e-324])("sums of scores that overflow: %s", (score) => {
  const vocab = [
    ["<unk>", score],
    ["t", score],
    ["th", -score],
    ["h", -1],
    ["e", score],
  ];
  expect(survives(() => Tokenizer.fromJSON({ model: { type: "Unigram", unk_id: 0, vocab } }))).toBe(true);
});
