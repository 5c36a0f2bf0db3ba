// Threads: workers that run the same module on the same memory, each with a stack of its own.

import type { LinearMemory } from "./memory.js";

const STACK_BYTES = 262_144;

/** What a worker is sent. */
interface Start {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  stack: number;
}

// The worker's whole program, as text: it must start in Node, in a page and in a bundle, without a file of its own.
const program = `
const run = ({ module, memory, stack }) =>
  WebAssembly.instantiate(module, { env: { memory }, host: { allocate() { throw new Error("a thread asked for memory"); } } })
    .then(({ exports }) => { exports.__stack_pointer.value = stack; exports.work(); });
if (typeof self === "undefined") require("node:worker_threads").parentPort.once("message", run);
else self.onmessage = ({ data }) => run(data);
`;

/** Starts `count` workers. They take part as soon as they run; nobody waits for them. */
export async function startWorkers(count: number, module: WebAssembly.Module, linear: LinearMemory): Promise<void> {
  for (let i = 0; i < count; i++) {
    const stack = linear.address(STACK_BYTES) + STACK_BYTES;
    const worker = await makeWorker();
    worker.postMessage({ module, memory: linear.memory, stack } satisfies Start);
  }
}

async function makeWorker(): Promise<{ postMessage(message: unknown): void }> {
  if (typeof Worker === "undefined") {
    const { Worker: NodeWorker } = await import("node:worker_threads");
    const worker = new NodeWorker(program, { eval: true });
    worker.unref(); // threads that wait must not keep the process
    return worker;
  }
  return new Worker(URL.createObjectURL(new Blob([program], { type: "text/javascript" })));
}
