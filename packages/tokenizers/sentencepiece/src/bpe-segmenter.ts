// BPE models: @llm/bpe joins characters by the pieces' scores, between user-defined symbols, which nothing is joined with.

import { CharacterBPE } from "@llm/bpe/characters";
import { Rules } from "./rules.js";
import { UnusedPieces } from "./unused-pieces.js";
import type { Vocabulary } from "./vocabulary.js";

/** Cuts normalized text as a BPE model does. */
export class BpeSegmenter {
  readonly #bpe: CharacterBPE;
  readonly #vocabulary: Vocabulary;
  readonly #symbols: Rules | undefined;
  readonly #unused: UnusedPieces | undefined;
  readonly #decoder = new TextDecoder("utf-16le", { ignoreBOM: true });

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    const { pieces, scores, unknownId, byteFallback, userDefinedSymbols } = vocabulary;
    const joined = vocabulary.idsOf("normal", "unused");
    const reserved = vocabulary.idsOf("unknown", "control", "user-defined", "byte");
    this.#bpe = CharacterBPE.fromScores(
      joined.map((id) => [pieces[id]!, id, scores[id]!] as const),
      {
        reserved: reserved.map((id) => [pieces[id]!, id] as const),
        unknown: unknownId,
        fuseUnknown: !byteFallback,
        byteFallback,
      },
    );
    if (userDefinedSymbols.length > 0) this.#symbols = new Rules(new Map(userDefinedSymbols.map((s) => [s, s])));
    if (vocabulary.types.includes("unused")) this.#unused = new UnusedPieces(vocabulary);
  }

  /** Appends the ids of `units[0, length)` to `out`. */
  encodeUnits(units: Uint16Array, length: number, out: number[]): void {
    const text = this.#decoder.decode(units.subarray(0, length));
    this.#eachPart(text, out, (part) => this.#bpe.encode(part));
  }

  /** Ids of `text` with each join left out with a probability: BPE-dropout. */
  sample(text: string, dropout: number, seed: () => number): number[] {
    const out: number[] = [];
    this.#eachPart(text, out, (part) => this.#bpe.encodeSampled(part, { dropout, seed: seed() }));
    return out;
  }

  #eachPart(text: string, out: number[], encode: (part: string) => number[]): void {
    const append = (from: number, to: number): void => {
      if (from === to) return;
      const ids = encode(text.slice(from, to));
      if (this.#unused) this.#unused.append(ids, out);
      else for (const id of ids) out.push(id);
    };
    let from = 0;
    for (let at = 0; this.#symbols && at < text.length; ) {
      const length = this.#symbols.match(text, at);
      if (length > 0) {
        append(from, at);
        out.push(this.#vocabulary.idOf(text.slice(at, at + length))!);
        from = at + length;
      }
      at += length || 1;
    }
    append(from, text.length);
  }
}
