// Lists of numbers that grow, without boxes for the numbers.

/** Whole numbers. */
export class Int32List {
  #values = new Int32Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Int32Array(2 * this.#length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  /** The numbers so far: a view, good until the next one is added. */
  toArray(): Int32Array {
    return this.#values.subarray(0, this.#length);
  }
}

/** Doubles. */
export class Float64List {
  #values = new Float64Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(2 * this.#length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  toArray(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}
