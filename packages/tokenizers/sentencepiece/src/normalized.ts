// Where normalized text is written: an array that is used again for the next text.

/** Normalized text in UTF-16 units, and where they come from. */
export class Normalized {
  units: Uint16Array = new Uint16Array(1024);
  length = 0;
  /** Per unit, and for the end, the place in the text; filled if asked for. */
  offsets: Int32Array = new Int32Array(0);
  readonly #track: boolean;

  constructor(track: boolean) {
    this.#track = track;
    if (track) this.offsets = new Int32Array(1025);
  }

  /** Makes room for `more` units. */
  reserve(more: number): void {
    if (this.length + more <= this.units.length) return;
    const units = new Uint16Array(2 * (this.length + more));
    units.set(this.units.subarray(0, this.length));
    this.units = units;
    if (!this.#track) return;
    const offsets = new Int32Array(units.length + 1);
    offsets.set(this.offsets.subarray(0, this.length));
    this.offsets = offsets;
  }

  push(unit: number, from: number): void {
    if (this.#track) this.offsets[this.length] = from;
    this.units[this.length++] = unit;
  }

  toString(): string {
    let text = "";
    for (let i = 0; i < this.length; i += 4096) {
      text += String.fromCharCode(...this.units.subarray(i, Math.min(i + 4096, this.length)));
    }
    return text;
  }
}
