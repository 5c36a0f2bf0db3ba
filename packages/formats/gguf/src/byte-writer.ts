// Writes little-endian values one after the other into a buffer that grows.

/** Bytes that grow at the end. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #encoder = new TextEncoder();

  get length(): number {
    return this.#length;
  }

  uint8 = (value: number): void => this.#grow(1, (view, at) => view.setUint8(at, value));
  int8 = (value: number): void => this.#grow(1, (view, at) => view.setInt8(at, value));
  uint16 = (value: number): void => this.#grow(2, (view, at) => view.setUint16(at, value, true));
  int16 = (value: number): void => this.#grow(2, (view, at) => view.setInt16(at, value, true));
  uint32 = (value: number): void => this.#grow(4, (view, at) => view.setUint32(at, value, true));
  int32 = (value: number): void => this.#grow(4, (view, at) => view.setInt32(at, value, true));
  float32 = (value: number): void => this.#grow(4, (view, at) => view.setFloat32(at, value, true));
  float64 = (value: number): void => this.#grow(8, (view, at) => view.setFloat64(at, value, true));
  uint64 = (value: number | bigint): void => this.#grow(8, (view, at) => view.setBigUint64(at, BigInt(value), true));
  int64 = (value: number | bigint): void => this.#grow(8, (view, at) => view.setBigInt64(at, BigInt(value), true));

  /** The length in bytes, and UTF-8. */
  text(value: string): void {
    const bytes = this.#encoder.encode(value);
    this.uint64(bytes.length);
    this.#grow(bytes.length, (_, at) => this.#bytes.set(bytes, at));
  }

  /** Zeros up to a length. */
  padTo(length: number): void {
    this.#grow(length - this.#length, () => {});
  }

  /** What was written, not copied. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(count: number, write: (view: DataView, at: number) => void): void {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    write(this.#view, start);
  }
}
