// Threads: workers that run the same module on the same memory, each with a stack of its own.

import type { LinearMemory } from "./memory.js";
import { nodeModule } from "./node-module.js";

/** What is used of Node's module. */
interface WorkerThreads {
  Worker: new (program: string, options: { eval: boolean }) => { postMessage(message: unknown): void; unref(): void };
}

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
export function startWorkers(count: number, module: WebAssembly.Module, linear: LinearMemory): void {
  for (let i = 0; i < count; i++) {
    const stack = linear.address(STACK_BYTES) + STACK_BYTES;
    const worker = makeWorker();
    worker.postMessage({ module, memory: linear.memory, stack } satisfies Start);
  }
}

function makeWorker(): { postMessage(message: unknown): void } {
  if (typeof Worker !== "undefined") {
    return new Worker(URL.createObjectURL(new Blob([program], { type: "text/javascript" })));
  }
  const worker = new (nodeModule<WorkerThreads>("node:worker_threads").Worker)(program, { eval: true });
  worker.unref(); // threads that wait must not keep the process
  return worker;
}
