// What a target offers: memory with addresses, and kernels that are called by number.
//
// The addon of `@llm/backend-native` and the WebAssembly module of `@llm/backend-simd` both have this shape, so that
// everything above it (storage, the tfjs backend, the bindings of kernels) is written once.

/** A piece of the machine's memory. */
export interface Block {
  /** What kernels are given: 64-byte aligned, never 0. */
  readonly address: number;
  readonly bytes: number;
  /** The memory that the block lies in. In WebAssembly it changes when the memory grows, so read it anew. */
  readonly buffer: ArrayBufferLike;
  /** Where in `buffer` the block begins, in bytes. */
  readonly offset: number;
}

/** One target that runs the kernels. */
export interface Machine {
  /** Instruction set, as in "avx512" or "relaxed-simd". */
  readonly isa: string;
  readonly threads: number;
  /** Names of the kernels; a kernel's number is its index. */
  readonly kernels: readonly string[];
  /** Where the arguments of the next call are written. Read it anew for each call. */
  readonly arguments: Float64Array;
  /** New memory; its content is undefined. Throws an Error when there is none. */
  allocate(bytes: number): Block;
  /** Takes a block back for good. Optional: a machine may keep all memory it ever had. */
  release?(block: Block): void;
  /** The size that is allocated for a request of so many bytes. Default: classes that let blocks be reused. */
  round?(bytes: number): number;
  /** Runs a kernel with what stands in `arguments`. */
  run(kernel: number): void;
}
