/** Turns ids into text as they come, as a model generates them. A character's bytes are held back until all are there. */
export class DecodeStream {
  readonly #bytesOf: (id: number) => Uint8Array;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor(bytesOf: (id: number) => Uint8Array) {
    this.#bytesOf = bytesOf;
  }

  /** The text that is complete with this id, perhaps none. */
  push(id: number): string {
    return this.#decoder.decode(this.#bytesOf(id), { stream: true });
  }

  /** What is left at the end: U+FFFD for a character that was never finished, or nothing. */
  flush(): string {
    return this.#decoder.decode();
  }
}
