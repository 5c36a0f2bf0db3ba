// Counts distinct words: all that training needs to know of a corpus, and far smaller than it.

/** Words and how often each occurs. Beyond `maxWords` distinct ones, the rarest are forgotten. */
export class WordCounter implements Iterable<[string, number]> {
  readonly #counts = new Map<string, number>();
  readonly #word: RegExp;
  readonly #maxWords: number;

  constructor(word: RegExp, maxWords = 8_000_000) {
    this.#word = word;
    this.#maxWords = maxWords;
  }

  /** Counts the words of a text. */
  add(text: string): void {
    for (const [word] of text.matchAll(this.#word)) this.count(word);
  }

  /** Counts a word. */
  count(word: string): void {
    const known = this.#counts.get(word);
    if (known !== undefined) {
      this.#counts.set(word, known + 1);
      return;
    }
    if (this.#counts.size >= this.#maxWords) this.#forgetRarest();
    // A copy: a slice would keep the whole text alive.
    this.#counts.set(word.length < 13 ? word : ` ${word}`.slice(1), 1);
  }

  [Symbol.iterator](): Iterator<[string, number]> {
    return this.#counts.entries();
  }

  #forgetRarest(): void {
    for (let rare = 1; this.#counts.size > this.#maxWords / 2; rare *= 2) {
      for (const [word, count] of this.#counts) if (count <= rare) this.#counts.delete(word);
    }
  }
}
