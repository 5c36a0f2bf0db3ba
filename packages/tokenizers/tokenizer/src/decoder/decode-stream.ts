// Turns ids into text as they come, as a model generates them. A character's bytes are held back until all are there.

import type { Chunk, Decoder, Emit, Step } from "./step.js";

/** Decodes one id after the other; the parts joined are what decoding all at once gives. */
export class DecodeStream {
  readonly #tokenOf: (id: number) => Chunk | undefined;
  readonly #step: Step;
  #text = "";
  readonly #emit: Emit = ({ text }) => {
    this.#text += text;
  };

  constructor(decoder: Decoder, tokenOf: (id: number) => Chunk | undefined) {
    this.#step = decoder.start();
    this.#tokenOf = tokenOf;
  }

  /** The text that is complete with this id, perhaps none. */
  push(id: number): string {
    const token = this.#tokenOf(id);
    if (token) this.#step.push(token, this.#emit);
    return this.#take();
  }

  /** What is left at the end: U+FFFD for a character that was never finished, or nothing. */
  flush(): string {
    this.#step.end(this.#emit);
    return this.#take();
  }

  #take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }
}
