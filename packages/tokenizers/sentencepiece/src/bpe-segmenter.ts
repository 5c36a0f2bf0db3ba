// temporary: replaced by the construction of BPE from scores in @llm/bpe

import { Rules } from "./rules.js";
import { textOf } from "./segmenter.js";
import { appendUnknown } from "./unknown.js";
import type { Vocabulary } from "./vocabulary.js";

export class BpeSegmenter {
  readonly #v: Vocabulary;
  readonly #symbols: Rules;
  constructor(v: Vocabulary) {
    this.#v = v;
    this.#symbols = new Rules(new Map(v.userDefinedSymbols.map((s) => [s, s])));
  }
  encodeUnits(units: Uint16Array, length: number, out: number[]): void {
    const text = textOf(units, length);
    const v = this.#v;
    const fresh = out.length;
    const normal = (id: number | undefined): id is number =>
      id !== undefined && (v.types[id] === "normal" || v.types[id] === "user-defined" || v.types[id] === "unused");
    const parts: string[] = [];
    const frozen: boolean[] = [];
    for (let at = 0; at < text.length; ) {
      const m = this.#symbols.match(text, at);
      const n = m || String.fromCodePoint(text.codePointAt(at)!).length;
      parts.push(text.slice(at, at + n));
      frozen.push(m > 0);
      at += n;
    }
    const split = new Map<string, [string, string]>();
    for (;;) {
      let best = -1;
      let score = Number.NEGATIVE_INFINITY;
      for (let i = 0; i + 1 < parts.length; i++) {
        if (frozen[i] || frozen[i + 1]) continue;
        const id = v.idOf(parts[i]! + parts[i + 1]!);
        if (normal(id) && v.scores[id]! > score) {
          score = v.scores[id]!;
          best = i;
        }
      }
      if (best < 0) break;
      const whole = parts[best]! + parts[best + 1]!;
      if (v.types[v.idOf(whole)!] === "unused") split.set(whole, [parts[best]!, parts[best + 1]!]);
      parts.splice(best, 2, whole);
      frozen.splice(best, 1);
    }
    const emit = (w: string): void => {
      const id = v.idOf(w);
      const halves = split.get(w);
      if (id !== undefined && v.types[id] === "unused" && halves) {
        emit(halves[0]);
        emit(halves[1]);
      } else if (id === undefined || id === v.unknownId) appendUnknown(v, w, fresh, out);
      else out.push(id);
    };
    for (const part of parts) emit(part);
  }
}
