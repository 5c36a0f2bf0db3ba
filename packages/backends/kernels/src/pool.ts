// Memory of disposed tensors, kept by size for the next ones.
//
// tfjs disposes deterministically, and each step of a training loop asks for the same sizes as the one before, so after
// its first steps a loop allocates nothing. Sizes are rounded up to eight classes per power of two: a block serves
// every size of its class, and wastes an eighth of itself at most.

import type { Block, Machine } from "./machine.js";

const SMALLEST = 64;
const CLASSES_PER_DOUBLING = 8;

/** Blocks of a machine's memory, reused. */
export class Pool {
  readonly #machine: Machine;
  readonly #free = new Map<number, Block[]>();
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  #inUse = 0;
  #kept = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Bytes in blocks that are handed out, and in blocks that wait. */
  get bytes(): { inUse: number; kept: number } {
    return { inUse: this.#inUse, kept: this.#kept };
  }

  /** A block of at least that many bytes. */
  take(bytes: number): Block {
    const size = (this.#machine.round ?? sizeClass)(bytes);
    const found = this.#free.get(size)?.pop();
    if (found) this.#kept -= size;
    this.#inUse += size;
    const block = found ?? this.#machine.allocate(size);
    this.#buffers.add(block.buffer);
    return block;
  }

  /** Whether an array lies in memory that was handed out. */
  owns(values: ArrayBufferView): boolean {
    return this.#buffers.has(values.buffer);
  }

  /** Gives a block of `take` back. */
  give(block: Block): void {
    this.#inUse -= block.bytes;
    this.#kept += block.bytes;
    const list = this.#free.get(block.bytes);
    if (list) list.push(block);
    else this.#free.set(block.bytes, [block]);
  }
}

/** The size that is allocated for a request. */
export function sizeClass(bytes: number): number {
  if (bytes <= SMALLEST * CLASSES_PER_DOUBLING) return Math.max(SMALLEST, Math.ceil(bytes / SMALLEST) * SMALLEST);
  const step = 2 ** Math.floor(Math.log2(bytes - 1)) / CLASSES_PER_DOUBLING;
  return Math.ceil(bytes / step) * step;
}
