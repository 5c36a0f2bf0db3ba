// One idea, two ways: an op is a composite of plain tfjs ops, and a backend may offer a fused kernel for it.
//
// The contract (name, inputs, what the gradient needs) is known to both sides; neither imports the other.
// With a kernel registered under the contract's name for the active backend, the op runs it, and its
// gradient runs the kernel `<name>Grad`. Without one, the composite runs and tfjs differentiates it.

import {
  engine,
  getBackend,
  getGradient,
  getKernel,
  type NamedAttrMap,
  registerGradient,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
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
    registerKernelGradient(contract);
    const present = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor)) as Record<string, Tensor>;
    const out = engine().runKernel(contract.name, present, attrs as unknown as NamedAttrMap) as Tensor | Tensor[];
    if (!Array.isArray(out)) return out;
    return out[0] as Tensor;
  };
}

/** Whether the active backend runs the kernel of that name. */
export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

function registerKernelGradient(contract: Contract): void {
  if (getGradient(contract.name)) return;
  const outputs = ["value", ...(contract.statistics ?? [])];
  const savedOutputs = outputs.map((name) => contract.saved.includes(name));
  const savedInputs = contract.saved.filter((name) => !outputs.includes(name));
  registerGradient({
    kernelName: contract.name,
    inputsToSave: savedInputs,
    outputsToSave: savedOutputs,
    gradFunc: (dy, saved, attrs) => {
      const names = [...savedInputs, ...outputs.filter((_, i) => savedOutputs[i])];
      const inputs: Record<string, TensorInfo> = { dy: Array.isArray(dy) ? (dy[0] as Tensor) : dy };
      names.forEach((name, i) => {
        const tensor = saved[i];
        if (tensor) inputs[name] = tensor;
      });
      // At once, not lazily: a tidy around each single gradient would dispose the others.
      const out = engine().runKernel(`${contract.name}Grad`, inputs as never, attrs as NamedAttrMap) as
        | Tensor
        | Tensor[];
      const grads = Array.isArray(out) ? out : [out];
      return Object.fromEntries(contract.differentiable.map((name, i) => [name, () => grads[i] as Tensor]));
    },
  });
}
