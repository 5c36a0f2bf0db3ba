// The backend `simd`: the kernels as a WebAssembly module, for browsers, workers, and Node without a compiler.

import { bindings, type Machine, registerMachine } from "@llm/kernels";
import { LinearMemory, MOST_PAGES } from "./memory.js";
import { nodeModule, nodeProcess } from "./node-module.js";
import { compileVariant } from "./variants.js";
import { startWorkers } from "./workers.js";

/** How the module runs. */
export interface SimdOptions {
  /**
   * Threads, the caller included. Default: LLM_THREADS or all cores in Node, all cores in a page that is cross-origin
   * isolated, 1 elsewhere.
   */
  threads?: number;
}

/** What cpp/module.cc exports. */
interface Exports {
  call_arguments(): number;
  kernel_count(): number;
  kernel_name(index: number): number;
  thread_count(): number;
  run(index: number): void;
  __heap_base: WebAssembly.Global;
}

/** Registers the backend; `await setBackend("simd")` then compiles the module and activates it. */
export function registerSimdBackend(options: SimdOptions = {}): void {
  registerMachine("simd", () => simdMachine(options), bindings);
}

/**
 * The module as a machine.
 *
 * @throws Error when the host lacks WebAssembly SIMD, RangeError when `threads` is not a positive whole number
 */
export async function simdMachine({ threads = defaultThreads() }: SimdOptions = {}): Promise<Machine> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`simdMachine: threads must be a whole number of at least 1, got ${threads}`);
  }
  const shared = threads > 1;
  const { isa, module } = await compileVariant(shared);
  const memory = new WebAssembly.Memory({ initial: 64, maximum: MOST_PAGES, shared });
  const linear = new LinearMemory(memory);
  const host = { allocate: (bytes: number): number => linear.address(bytes >>> 0) };
  const { exports } = await WebAssembly.instantiate(module, { env: { memory }, host });
  const calls = exports as unknown as Exports;
  linear.start(calls.__heap_base.value as number);
  if (shared) startWorkers(threads - 1, module, linear);
  const argumentsAt = calls.call_arguments();
  let view = new Float64Array(memory.buffer, argumentsAt, 64);
  return {
    isa,
    get threads() {
      return calls.thread_count();
    },
    kernels: Array.from({ length: calls.kernel_count() }, (_, i) => textAt(memory, calls.kernel_name(i))),
    get arguments() {
      if (view.buffer !== memory.buffer) view = new Float64Array(memory.buffer, argumentsAt, 64);
      return view;
    },
    allocate: (bytes) => linear.block(bytes),
    run: (kernel) => calls.run(kernel),
  };
}

function textAt(memory: WebAssembly.Memory, address: number): string {
  const bytes = new Uint8Array(memory.buffer);
  return String.fromCharCode(...bytes.slice(address, bytes.indexOf(0, address)));
}

function defaultThreads(): number {
  if (typeof SharedArrayBuffer === "undefined") return 1;
  const node = nodeProcess();
  if (node) {
    const cores = nodeModule<{ availableParallelism(): number }>("node:os").availableParallelism();
    return Number(node.env.LLM_THREADS) || cores;
  }
  const { crossOriginIsolated, navigator } = globalThis as {
    crossOriginIsolated?: boolean;
    navigator?: { hardwareConcurrency?: number };
  };
  return crossOriginIsolated ? (navigator?.hardwareConcurrency ?? 1) : 1;
}
