// One idea, two ways: an op is a composite of plain tfjs ops, and a backend may offer a fused kernel for it.
//
// The contract (name, inputs, what the gradient needs) is known to both sides; neither imports the other.
// With a kernel registered under the contract's name for the active backend, the op runs it, and its
// gradient runs the kernel `<name>Grad`. Without one, the composite runs and tfjs differentiates it.

import { engine, getBackend, getKernel, type NamedAttrMap, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import { registerGradients } from "./gradients/index.js";

/** Tensors by input name; an absent optional input is `undefined`. */
export type OpInputs = { [name: string]: Tensor | undefined };

/** What a fused kernel and the op that calls it agree on. */
export interface Contract {
  /** Kernel name. The kernel returns the value, then any statistics listed in `statistics`. */
  name: string;
  /**
   * Inputs with a gradient, in the order in which the kernel `<name>Grad` returns their gradients. That
   * kernel receives `dy`, the inputs and outputs named in `saved`, and the attributes.
   */
  differentiable: readonly string[];
  /** Inputs, `"value"`, and statistics that the gradient kernel needs. */
  saved: readonly string[];
  /** Names of further outputs of the forward kernel, kept for the gradient only. */
  statistics?: readonly string[];
}

/** What `defineOp` joins. */
export interface OpDefinition<I extends OpInputs, A extends object> {
  contract: Contract;
  composite: (inputs: I, attrs: A) => Tensor;
}

/**
 * The op as a function of named inputs and attributes; it picks the fused kernel where there is one.
 */
export function defineOp<I extends OpInputs, A extends object>({
  contract,
  composite,
}: OpDefinition<I, A>): (inputs: I, attrs: A) => Tensor {
  return (inputs, attrs) => {
    if (!hasKernel(contract.name)) {
      registerGradients();
      return composite(inputs, attrs);
    }
    const present = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor)) as Record<string, Tensor>;
    return runFused(contract, present, attrs as unknown as NamedAttrMap);
  };
}

/** Whether the active backend runs the kernel of that name. */
export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/** The part of tfjs' engine under both its kernels and its `customGrad`. */
interface KernelRunner {
  runKernelFunc(call: {
    inputs: Record<string, Tensor>;
    attrs: NamedAttrMap;
    forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor[];
    backwardsFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => Record<string, () => Tensor>;
  }): Tensor[];
}

/**
 * Runs the kernel and puts its gradient on the tape. What the gradient needs is saved here, not by tfjs' gradient
 * registry: that one cannot leave out an optional input that is absent.
 */
function runFused(contract: Contract, inputs: Record<string, Tensor>, attrs: NamedAttrMap): Tensor {
  let names: string[] = [];
  const [value, ...statistics] = (engine() as unknown as KernelRunner).runKernelFunc({
    forwardFunc: (_, save) => {
      const result = engine().runKernel(contract.name, inputs, attrs) as Tensor | Tensor[];
      const outputs = Array.isArray(result) ? result : [result];
      const known: Record<string, Tensor | undefined> = { ...inputs };
      for (const [i, name] of ["value", ...(contract.statistics ?? [])].entries()) known[name] = outputs[i];
      names = contract.saved.filter((name) => known[name]);
      save(names.map((name) => known[name] as Tensor));
      return outputs;
    },
    backwardsFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => {
      const needed: Record<string, TensorInfo> = { dy: Array.isArray(dy) ? (dy[0] as Tensor) : dy };
      for (const [i, name] of names.entries()) needed[name] = saved[i] as Tensor;
      // At once, not lazily: a tidy around each single gradient would dispose the others.
      const grads = engine().runKernel(`${contract.name}Grad`, needed as never, attrs) as Tensor | Tensor[];
      const list = Array.isArray(grads) ? grads : [grads];
      return Object.fromEntries(contract.differentiable.map((name, i) => [name, () => list[i] as Tensor]));
    },
    inputs,
    attrs,
  });
  // Their data lives on in what was saved; without a tape nobody needs them.
  for (const statistic of statistics) statistic.dispose();
  return value as Tensor;
}
