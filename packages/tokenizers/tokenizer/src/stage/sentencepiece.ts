// The stages around the pieces of a sentencepiece model, in tokenizer.json's words.
//
//   normalizer   its rules, blanks at the ends and runs of them removed, ▁ in front, ▁ for blanks
//   decoder      blanks for ▁, bytes to characters, the first blank gone

import type { NormalizerSpec } from "@llm/sentencepiece";
import { decoder } from "../decoder/read.js";
import type { Decoder } from "../decoder/step.js";

const SPACE = " ";
const BLANK = "▁";

/** tokenizer.json's entry for a normalizer of sentencepiece. */
export function normalizerJson(spec: NormalizerSpec): object | null {
  const { precompiledCharsmap, addDummyPrefix = true, removeExtraWhitespaces = true, escapeWhitespaces = true } = spec;
  const steps: object[] = [];
  if (precompiledCharsmap?.length)
    steps.push({ type: "Precompiled", precompiled_charsmap: toBase64(precompiledCharsmap) });
  if (removeExtraWhitespaces) {
    steps.push({ type: "Strip", strip_left: true, strip_right: true });
    steps.push({ type: "Replace", pattern: { Regex: " {2,}" }, content: SPACE });
  }
  if (addDummyPrefix) steps.push({ type: "Prepend", prepend: escapeWhitespaces ? BLANK : SPACE });
  if (escapeWhitespaces) steps.push({ type: "Replace", pattern: { String: SPACE }, content: BLANK });
  return steps.length < 2 ? (steps[0] ?? null) : { type: "Sequence", normalizers: steps };
}

/** The decoder that undoes it. */
export function sentencePieceDecoder(addDummyPrefix: boolean): Decoder {
  const steps: object[] = [
    { type: "Replace", pattern: { String: BLANK }, content: SPACE },
    { type: "ByteFallback" },
    { type: "Fuse" },
  ];
  if (addDummyPrefix) steps.push({ type: "Strip", content: SPACE, start: 1, stop: 0 });
  return decoder({ type: "Sequence", decoders: steps });
}

/** The normalizer of sentencepiece that an entry of tokenizer.json says; undefined if there is none like it. */
export function normalizerSpec(json: object | null): NormalizerSpec | undefined {
  for (const addDummyPrefix of [true, false])
    for (const removeExtraWhitespaces of [true, false])
      for (const escapeWhitespaces of [true, false]) {
        const spec: NormalizerSpec = {
          name: "user_defined",
          precompiledCharsmap: charsmapOf(json),
          addDummyPrefix,
          removeExtraWhitespaces,
          escapeWhitespaces,
        };
        if (JSON.stringify(normalizerJson(spec)) === JSON.stringify(json)) return spec;
      }
  return undefined;
}

function charsmapOf(json: object | null): Uint8Array | undefined {
  const steps = (json as { normalizers?: unknown[] } | null)?.normalizers ?? [json];
  const first = steps[0] as { precompiled_charsmap?: unknown } | null;
  const text = first?.precompiled_charsmap;
  return (first as { type?: unknown } | null)?.type === "Precompiled" && typeof text === "string"
    ? Uint8Array.from(atob(text), (each) => each.charCodeAt(0))
    : undefined;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
