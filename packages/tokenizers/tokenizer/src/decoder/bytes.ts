// Tokens that are bytes: written as visible characters (byte level), or as <0x41> (byte fallback).

import { unicodeToByte } from "@llm/pretokenize";
import type { Emit, StepMaker } from "./step.js";

/** The bytes that a token of a byte-level vocabulary stands for; undefined if a character of it stands for none. */
export function bytesOf(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = unicodeToByte.get(token[i]!);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

/** ByteLevel: characters back to bytes, and bytes to text; bytes that are no UTF-8 become U+FFFD. */
export const byteLevelStep: StepMaker = () => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    push: ({ text, added }, emit) => {
      const bytes = added ? undefined : bytesOf(text);
      emit({ text: decoder.decode(bytes ?? new TextEncoder().encode(text), { stream: true }), added: false });
    },
    end: (emit) => emit({ text: decoder.decode(), added: false }),
  };
};

/** ByteFallback: <0xE4> <0xB8> <0x96> becomes 世. Each byte that is part of no character becomes a U+FFFD, as in sentencepiece. */
export const byteFallbackStep: StepMaker = () => {
  let held: number[] = [];
  const release = (emit: Emit, final: boolean): void => {
    while (held.length > 0) {
      const length = characterLength(held[0]!);
      if (length > held.length && !final && plausible(held)) return;
      const text = length <= held.length ? strict(held.slice(0, length)) : undefined;
      emit({ text: text ?? "\ufffd", added: false });
      held = held.slice(text === undefined ? 1 : length);
    }
  };
  return {
    push: (chunk, emit) => {
      const byte = chunk.added ? undefined : fallbackByte(chunk.text);
      if (byte === undefined) {
        release(emit, true);
        emit(chunk);
      } else {
        held.push(byte);
        release(emit, false);
      }
    },
    end: (emit) => release(emit, true),
  };
};

/** The byte that <0x41> names. */
export function fallbackByte(token: string): number | undefined {
  return /^<0x[0-9A-F]{2}>$/.test(token) ? Number.parseInt(token.slice(3, 5), 16) : undefined;
}

function characterLength(lead: number): number {
  return lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
}

/** Whether bytes may be the beginning of a character: all behind the first are continuations. */
function plausible(bytes: readonly number[]): boolean {
  return bytes.every((byte, i) => i === 0 || (byte & 0xc0) === 0x80);
}

function strict(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
