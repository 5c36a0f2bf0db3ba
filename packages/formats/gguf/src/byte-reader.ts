// Reads little-endian values one after the other from the beginning of a file.
//
// Two limits: what lies behind the end of the file is an error; what lies behind the bytes at hand only means that
// more of them must be read. Whatever a file says to be there is checked against the file's size before memory is
// taken for it.

import { GGUFError, IncompleteError } from "./error.js";

/** A position in the first bytes of a file. */
export class ByteReader {
  /** The next byte. */
  at = 0;
  readonly fileBytes: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor(bytes: Uint8Array, fileBytes: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.fileBytes = fileBytes;
  }

  /** Goes over `length` bytes and returns where they begin. */
  skip(length: number, what: string): number {
    const start = this.at;
    if (length > this.fileBytes - start)
      throw new GGUFError(
        `${what} at byte ${start} needs ${length} bytes, but the file ends at byte ${this.fileBytes}; it is cut off`,
      );
    if (length > this.#bytes.length - start) throw new IncompleteError(`${what} at byte ${start} is not read yet`);
    this.at += length;
    return start;
  }

  uint8 = (what: string): number => this.#view.getUint8(this.skip(1, what));
  int8 = (what: string): number => this.#view.getInt8(this.skip(1, what));
  uint16 = (what: string): number => this.#view.getUint16(this.skip(2, what), true);
  int16 = (what: string): number => this.#view.getInt16(this.skip(2, what), true);
  uint32 = (what: string): number => this.#view.getUint32(this.skip(4, what), true);
  int32 = (what: string): number => this.#view.getInt32(this.skip(4, what), true);
  float32 = (what: string): number => this.#view.getFloat32(this.skip(4, what), true);
  uint64 = (what: string): bigint => this.#view.getBigUint64(this.skip(8, what), true);
  int64 = (what: string): bigint => this.#view.getBigInt64(this.skip(8, what), true);
  float64 = (what: string): number => this.#view.getFloat64(this.skip(8, what), true);

  /** A uint64 that counts things of at least `bytesEach` bytes each, so that they can all be in the rest of the file. */
  count(what: string, bytesEach: number): number {
    const start = this.at;
    const count = this.uint64(what);
    if (count * BigInt(bytesEach) > BigInt(this.fileBytes - this.at))
      throw new GGUFError(
        `${what} at byte ${start} is ${count}, more than fit into the file of ${this.fileBytes} bytes`,
      );
    return Number(count);
  }

  /** A length and UTF-8 of that length; bytes that are none become U+FFFD. */
  text(what: string): string {
    const length = this.count(`the length of ${what}`, 1);
    const start = this.skip(length, what);
    return this.#decoder.decode(this.#bytes.subarray(start, start + length));
  }
}
