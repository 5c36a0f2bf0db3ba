// Mean and deviation of the last values, and how far out of line a new one is.
//
//   z = (value − mean) / deviation,  over the last `size` values, the new one not among them
//
// Source: the outlier detector of llm.c. Deviation from it: there the new value counts itself, so that z can never
// exceed √(size − 1); and sums are formed anew for each question instead of carried along, so nothing drifts.

/** The last values of a series. */
export class Window {
  readonly size: number;
  #values: number[] = [];

  /** @throws RangeError unless size is a whole number ≥ 2 */
  constructor(size: number) {
    if (!Number.isSafeInteger(size) || size < 2) {
      throw new RangeError(`Window: size must be a whole number of at least 2, got ${size}`);
    }
    this.size = size;
  }

  /** Oldest first. */
  get values(): readonly number[] {
    return this.#values;
  }

  get full(): boolean {
    return this.#values.length === this.size;
  }

  /** Takes a value in; the oldest leaves when there are too many. Throws RangeError for one that is not finite. */
  push(value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`Window: a value must be finite, got ${value}`);
    this.#values.push(value);
    if (this.#values.length > this.size) this.#values.shift();
  }

  /** NaN when empty. */
  get mean(): number {
    return this.#values.reduce((sum, value) => sum + value, 0) / this.#values.length;
  }

  /** Of the whole window, not an estimate; NaN when empty. */
  get deviation(): number {
    const { mean } = this;
    return Math.sqrt(this.#values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / this.#values.length);
  }

  /** NaN until the window is full; infinite for another value than one that never changed. */
  zScore(value: number): number {
    if (!this.full) return Number.NaN;
    const distance = value - this.mean;
    return distance === 0 ? 0 : distance / this.deviation;
  }
}
