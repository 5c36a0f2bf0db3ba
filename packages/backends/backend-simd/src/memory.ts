// The module's memory, handed out from its end upwards.

import type { Block } from "@llm/kernels";

const PAGE = 65_536;
const ALIGNMENT = 64;
/** What 32-bit addresses reach. */
export const MOST_PAGES = 65_536;

/** A memory that grows as blocks are asked for, and never shrinks: the pool above it reuses them. */
export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  #end = 0;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
  }

  /** Where the first block may begin. */
  start(address: number): void {
    this.#end = address;
  }

  /** @throws Error with the sizes when the host gives no more memory */
  address(bytes: number): number {
    const address = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT;
    const end = address + bytes;
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / PAGE);
    if (missing > 0) this.#grow(missing, bytes);
    this.#end = end;
    return address;
  }

  block(bytes: number): Block {
    const [{ memory }, address] = [this, this.address(bytes)];
    return {
      address,
      bytes,
      offset: address,
      get buffer() {
        return memory.buffer;
      },
    };
  }

  #grow(pages: number, bytes: number): void {
    try {
      this.memory.grow(pages);
    } catch {
      const held = (this.memory.buffer.byteLength / 2 ** 20).toFixed(0);
      throw new Error(
        `the backend simd has no memory left: ${(bytes / 2 ** 20).toFixed(1)} MiB were asked for, ${held} MiB are held, and ` +
          "WebAssembly's 32-bit addresses end at 4096 MiB; use a smaller batch or model, accumulate gradients over " +
          "micro-batches, or run on the backend native",
      );
    }
  }
}
