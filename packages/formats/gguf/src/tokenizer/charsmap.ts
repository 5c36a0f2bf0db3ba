// Normalizers as sentencepiece's map of characters: the longest rule that matches is applied, and no rule to its result.
//
//   <bytes of the trie, u32> <double array, u32 a cell> <replacements, each ended by a zero byte>
//
// NFC and NFKC look at neighbors: a letter and its accents become one character. So there is a rule for each way to spell a
// composed character. What a map cannot say is how accents that compose with nothing are put in order.
//
// Source: sentencepiece's normalizer and its builder; Unicode Standard Annex 15.

import { addKey, doubleArray, type TrieNode } from "./double-array.js";

type Normalize = (text: string) => string;

const steps: Readonly<Record<string, Normalize>> = {
  NFC: (text) => text.normalize("NFC"),
  NFKC: (text) => text.normalize("NFKC"),
  Lowercase: (text) => text.toLowerCase(),
  Nmt: (text) =>
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
      .replace(/[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]/g, "")
      .replace(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g, " "),
};

/** The map of normalizers, by their names in tokenizer.json; undefined for none. */
export function compileCharsmap(names: readonly string[]): Uint8Array | undefined {
  if (names.length === 0) return undefined;
  const normalize: Normalize = (text) => names.reduce((changed, name) => (steps[name] as Normalize)(changed), text);
  const rules = new Map<string, string>();
  const rule = (key: string): void => {
    const replacement = normalize(key);
    if (replacement !== key) rules.set(key, replacement);
  };
  for (const character of characters()) rule(character);
  if (names.some((name) => name.startsWith("NF"))) for (const key of spellings(names.includes("NFKC"))) rule(key);
  return encode(rules);
}

/** All that may have a rule: private use and the empty planes have none. */
function* characters(): Generator<string> {
  for (let code = 1; code < 0xe1000; code++) {
    if (code === 0xd800) code = 0xf900;
    if (code === 0x32000) code = 0xe0000;
    yield String.fromCodePoint(code);
  }
}

/** The ways to spell a character that is composed of several: ệ as e + ̣ + ̂, ẹ + ̂, ê + ̣, … */
function* spellings(compatible: boolean): Generator<string> {
  const alike = compatible ? compatibleOf() : new Map<string, string[]>();
  for (const composed of characters()) {
    const parts = [...composed.normalize("NFD")];
    if (parts.length < 2 || parts.join("").normalize("NFC") !== composed) continue;
    const [base = "", ...marks] = parts;
    const orders = marks.length === 2 ? [marks, [marks[1], marks[0]]] : [marks];
    for (const order of orders)
      for (let joined = 0; joined < order.length; joined++) {
        const start = (base + order.slice(0, joined).join("")).normalize("NFC");
        const rest = order.slice(joined).join("");
        if ((start + rest).normalize("NFC") !== composed) continue;
        yield start + rest;
        if (order.length > 1) continue;
        for (const other of [start, ...(alike.get(start) ?? [])])
          for (const mark of [rest, ...(alike.get(rest) ?? [])]) yield other + mark;
      }
  }
}

/** Character → those that NFKC makes it of, such as the half-width ｶ of カ; of the basic plane. */
function compatibleOf(): Map<string, string[]> {
  const alike = new Map<string, string[]>();
  for (let code = 0xa0; code < 0x10000; code++) {
    if (code === 0xac00) code = 0xf900;
    const character = String.fromCodePoint(code);
    const made = character.normalize("NFKC");
    if (made === character || made.length > 1) continue;
    const list = alike.get(made);
    if (list) list.push(character);
    else alike.set(made, [character]);
  }
  return alike;
}

function encode(rules: ReadonlyMap<string, string>): Uint8Array {
  const encoder = new TextEncoder();
  const root: TrieNode = { children: new Map() };
  const places = new Map<string, number>();
  const replacements: number[] = [];
  for (const [key, replacement] of rules) {
    let at = places.get(replacement);
    if (at === undefined) {
      at = replacements.length;
      places.set(replacement, at);
      for (const byte of encoder.encode(replacement)) replacements.push(byte);
      replacements.push(0);
    }
    addKey(root, encoder.encode(key), at);
  }
  const cells = doubleArray(root);
  const bytes = new Uint8Array(4 + 4 * cells.length + replacements.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 4 * cells.length, true);
  for (const [i, cell] of cells.entries()) view.setUint32(4 + 4 * i, cell, true);
  bytes.set(replacements, 4 + 4 * cells.length);
  return bytes;
}
