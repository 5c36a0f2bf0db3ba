// A binding makes a kernel of tfjs (or a fused one of `@llm/ops`) run on a machine.
//
// It may decline inputs that it is not made for (another type, a rare option) by returning undefined; then tfjs' CPU
// kernel of that name runs, so that a backend is always complete.

import {
  copyRegisteredKernels,
  getKernel,
  type KernelFunc,
  type NamedAttrMap,
  registerBackend,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import { MachineBackend } from "./backend.js";
import type { Machine } from "./machine.js";
import { record } from "./profile.js";

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
 * Registers a tfjs backend under that name: tfjs' CPU kernels, and over them the bindings. `setBackend(name)` then
 * activates it.
 *
 * @param start makes the machine; called when the backend is first activated
 */
export function registerMachine(
  name: string,
  start: () => Machine | Promise<Machine>,
  bindings: readonly Binding[],
): void {
  const ready = (machine: Machine): MachineBackend => new MachineBackend(machine);
  registerBackend(
    name,
    () => {
      const machine = start();
      return machine instanceof Promise ? machine.then(ready) : ready(machine);
    },
    0,
  );
  copyRegisteredKernels("cpu", name);
  for (const each of bindings) bind(name, each);
}

function bind(backendName: string, each: Binding): void {
  const fallback = getKernel(each.name, backendName);
  if (fallback) unregisterKernel(each.name, backendName);
  const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) => {
    const call = { inputs, attrs: attrs ?? {}, backend } as unknown as Call;
    const result = record(each, call);
    if (result) return result;
    if (fallback) return fallback.kernelFunc({ inputs, attrs: attrs as NamedAttrMap, backend });
    throw new Error(`${each.name}: the ${backendName} backend does not take these inputs`);
  };
  registerKernel({ ...fallback, kernelName: each.name, backendName, kernelFunc });
}
