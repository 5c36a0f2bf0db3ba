// `precompiled_charsmap`: the rules of replacement that sentencepiece compiles into a model, such as NFKC's.
//
//   <bytes of the trie, u32> <double array, u32 a cell> <replacements, each ended by a zero byte>
//
// The trie's keys are UTF-8, its values the places of the replacements. A cell of it: label, offset to the children, and
// whether a key ends here; its keys' common ends may share cells, so it is a graph, and a hostile one may have cycles, or
// more keys than anybody can list. Both show in limits.
//
// All little-endian. Source: Yata's darts-clone, whose arrays these are; sentencepiece's normalizer.

import { SentencePieceError } from "./error.js";

const MAX_KEY_BYTES = 512;
const MAX_STEPS = 1 << 20;
const LABEL = 0x8000_00ff;

/** The rules: what is replaced → replacement. Throws SentencePieceError for a broken map. */
export function decodeCharsmap(blob: Uint8Array): Map<string, string> {
  const { cells, replacements } = parts(blob);
  const rules = new Map<string, string>();
  const replacementAt = replacementReader(replacements);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const key = new Uint8Array(MAX_KEY_BYTES);
  let steps = 0;
  const visit = (base: number, depth: number): void => {
    if (depth === MAX_KEY_BYTES) fail(`a key is longer than ${MAX_KEY_BYTES} bytes, or the trie has a cycle`);
    for (let label = 1; label < 256; label++) {
      const at = (base ^ label) >>> 0;
      const cell = at < cells.length ? cells[at]! : 0;
      if ((cell & LABEL) >>> 0 !== label) continue;
      if (++steps > MAX_STEPS) fail(`it has more than ${MAX_STEPS} steps`);
      key[depth] = label;
      const children = (at ^ offsetOf(cell)) >>> 0;
      if (children >= cells.length) fail(`cell ${at} points to cell ${children} of ${cells.length}`);
      if (cell & 0x100)
        rules.set(decodeKey(decoder, key.subarray(0, depth + 1)), replacementAt(cells[children]! & 0x7fff_ffff));
      visit(children, depth + 1);
    }
  };
  visit(offsetOf(cells[0]!), 0);
  return rules;
}

function parts(blob: Uint8Array): { cells: Uint32Array; replacements: Uint8Array } {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  if (blob.length < 8) fail(`it has ${blob.length} bytes, fewer than the smallest`);
  const size = view.getUint32(0, true);
  if (size === 0 || size % 4 !== 0 || size > blob.length - 4) {
    fail(`its trie claims ${size} bytes, but must have a multiple of 4, at most ${blob.length - 4}`);
  }
  const cells = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  return { cells, replacements: blob.subarray(4 + size) };
}

function offsetOf(cell: number): number {
  return ((cell >>> 10) << ((cell & 0x200) >>> 6)) >>> 0;
}

function replacementReader(replacements: Uint8Array): (at: number) => string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const known = new Map<number, string>();
  return (at) => {
    const held = known.get(at);
    if (held !== undefined) return held;
    if (at >= replacements.length) fail(`a replacement starts at byte ${at} of ${replacements.length}`);
    const end = replacements.indexOf(0, at);
    try {
      const text = decoder.decode(replacements.subarray(at, end === -1 ? replacements.length : end));
      known.set(at, text);
      return text;
    } catch {
      return fail(`the replacement at byte ${at} is not UTF-8`);
    }
  };
}

function decodeKey(decoder: TextDecoder, key: Uint8Array): string {
  try {
    return decoder.decode(key);
  } catch {
    return fail(`the key [${key.join(" ")}] is not UTF-8`);
  }
}

function fail(message: string): never {
  throw new SentencePieceError(`precompiled_charsmap: ${message}`);
}
