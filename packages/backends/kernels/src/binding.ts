// A binding makes a kernel of tfjs (or a fused one of `@llm/ops`) run on a machine.
//
// It may decline inputs that it is not made for (another type, a rare option) by returning undefined; then tfjs' CPU
// kernel of that name runs, so that a backend is always complete.

import {
  getKernel,
  getKernelsForBackend,
  type KernelFunc,
  type NamedAttrMap,
  registerBackend,
  registerKernel,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { MachineBackend } from "./backend.js";
import type { Machine } from "./machine.js";
import { timed } from "./profile.js";

/** What a binding is called with. */
export interface Call<I = Record<string, TensorInfo | undefined>, A = Record<string, unknown>> {
  inputs: I;
  attrs: A;
  backend: MachineBackend;
}

/** One kernel of tfjs, or of a contract, on a machine. */
export interface Binding {
  name: string;
  run(call: Call): TensorInfo | TensorInfo[] | undefined;
  /** Float operations of a call, for the profile. */
  flops?(call: Call): number;
}

/** Writes a binding with its own types of inputs and attributes. */
export function binding<I, A = Record<string, never>>(
  name: string,
  run: (call: Call<I, A>) => TensorInfo | TensorInfo[] | undefined,
  flops?: (call: Call<I, A>) => number,
): Binding {
  return { name, run, ...(flops && { flops }) } as unknown as Binding;
}

/**
 * Registers a tfjs backend under that name: tfjs' CPU kernels, and before them the bindings. `setBackend(name)` then
 * activates it.
 *
 * @param start makes the machine; called when the backend is first activated
 */
export function registerMachine(
  name: string,
  start: () => Machine | Promise<Machine>,
  bindings: readonly Binding[],
): void {
  registerBackend(
    name,
    () => {
      const machine = start();
      return machine instanceof Promise
        ? machine.then((each) => new MachineBackend(each))
        : new MachineBackend(machine);
    },
    0,
  );
  const ours = new Map(bindings.map((each) => [each.name, each]));
  const names = new Set([...getKernelsForBackend("cpu").map(({ kernelName }) => kernelName), ...ours.keys()]);
  for (const kernelName of names) {
    if (!getKernel(kernelName, name)) registerOne(name, kernelName, ours.get(kernelName));
  }
}

function registerOne(backendName: string, kernelName: string, ours: Binding | undefined): void {
  const cpu = getKernel(kernelName, "cpu");
  const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) => {
    const call = { inputs, attrs: attrs ?? {}, backend } as unknown as Call;
    const result = ours && timed(kernelName, call, () => ours.run(call), ours.flops);
    if (result) return result;
    const generic = { inputs, attrs: attrs as NamedAttrMap, backend };
    if (cpu) return timed(`${kernelName} (cpu)`, call, () => cpu.kernelFunc(generic)) as TensorInfo;
    throw new Error(`${kernelName}: the ${backendName} backend does not take these inputs`);
  };
  registerKernel({ ...cpu, kernelName, backendName, kernelFunc });
}
