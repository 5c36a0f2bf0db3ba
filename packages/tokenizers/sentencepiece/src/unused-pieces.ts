// Pieces of the type "unused" in BPE models: what is joined to one falls apart again into the two that were joined last.

import type { Vocabulary } from "./vocabulary.js";

/** Takes unused pieces apart. */
export class UnusedPieces {
  readonly #vocabulary: Vocabulary;
  /** Unused id → what stands for it. */
  readonly #parts = new Map<number, number[]>();

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** Appends `ids` to `out`, unused ones as their parts. */
  append(ids: readonly number[], out: number[]): void {
    for (const id of ids) {
      if (this.#vocabulary.types[id] !== "unused") out.push(id);
      else for (const part of this.#partsOf(id)) out.push(part);
    }
  }

  #partsOf(id: number): number[] {
    const known = this.#parts.get(id);
    if (known) return known;
    const parts: number[] = [];
    // A character has no parts, so it stays.
    this.#parts.set(id, [id]);
    const [left, right] = this.#lastJoin(this.#vocabulary.pieces[id]!);
    if (left === undefined || right === undefined) return [id];
    this.append([left, right], parts);
    this.#parts.set(id, parts);
    return parts;
  }

  /** The ids of the two that make up `piece` when its characters are joined by score. */
  #lastJoin(piece: string): (number | undefined)[] {
    const { scores, types } = this.#vocabulary;
    const parts = [...piece];
    while (parts.length > 2) {
      let best = -1;
      let highest = -Infinity;
      for (let i = 0; i + 1 < parts.length; i++) {
        const id = this.#vocabulary.idOf(parts[i]! + parts[i + 1]!);
        if (id === undefined || (types[id] !== "normal" && types[id] !== "unused") || scores[id]! <= highest) continue;
        highest = scores[id]!;
        best = i;
      }
      if (best === -1) return [];
      parts.splice(best, 2, parts[best]! + parts[best + 1]!);
    }
    return parts.map((part) => this.#vocabulary.idOf(part));
  }
}
