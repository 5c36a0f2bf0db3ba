// Reverse-mode differentiation over tfjs' tape, with respect to named parameters or plain tensors.
//
// tfjs records the tape; the walk back is ours. It frees each saved activation and each intermediate
// gradient as soon as they are used, where tfjs holds them all to the end: memory peaks at the forward
// pass's activations. And it may run inside a gradient function (activation recomputation), where tfjs'
// own walk would lose the outer tape.

import { add, clone, engine, keep, ones, type Scalar, Tensor, tidy, type Variable } from "@tensorflow/tfjs-core";
import { registerGradients } from "./gradients/index.js";

/** Parameters by their path in the model. */
export type NamedParameters = ReadonlyMap<string, Variable>;

/** A value and its gradients by parameter name. The caller disposes both. */
export interface ValueAndGrads {
  value: Scalar;
  grads: Map<string, Tensor>;
}

interface TapeNode {
  kernelName: string;
  inputs: Record<string, Tensor>;
  outputs: Tensor[];
  saved: Tensor[];
  gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
}

interface Tape {
  startTape(): void;
  endTape(): void;
  state: { activeTape: TapeNode[] | null; gradientDepth: number };
}

/**
 * Evaluates `f` and differentiates it with respect to the trainable parameters.
 *
 * @param f returns a scalar; may use any parameter
 * @returns the value, and a gradient for each trainable parameter that the value depends on
 * @throws Error when `f` does not return a scalar, or nothing trainable influences it
 */
export function valueAndGrads(f: () => Scalar, parameters: NamedParameters): ValueAndGrads {
  const trainable = [...parameters].filter(([, variable]) => variable.trainable);
  if (trainable.length === 0) throw new Error("valueAndGrads: no trainable parameters were given");
  const { value, grads } = differentiate(
    f,
    trainable.map(([, variable]) => variable),
  );
  if (value.rank !== 0) {
    throw new Error(`valueAndGrads: f must return a scalar, got shape [${value.shape}]; average or sum it first`);
  }
  const named = new Map<string, Tensor>();
  trainable.forEach(([name], i) => {
    const grad = grads[i];
    if (grad) named.set(name, grad);
  });
  if (named.size === 0) throw new Error("valueAndGrads: the value depends on none of the trainable parameters");
  return { value: value as Scalar, grads: named };
}

/**
 * Gradients of `f` at `xs`, weighted by `dy` (default: ones).
 * @throws Error when the value does not depend on one of `xs`
 */
export function gradients(f: (...xs: Tensor[]) => Tensor, xs: Tensor[], dy?: Tensor): Tensor[] {
  const { value, grads } = differentiate(() => f(...xs), xs, dy);
  value.dispose();
  return grads.map((grad, i) => {
    if (!grad) throw new Error(`gradients: the value does not depend on input ${i}`);
    return grad;
  });
}

function differentiate(f: () => Tensor, xs: Tensor[], dy?: Tensor): { value: Tensor; grads: (Tensor | undefined)[] } {
  registerGradients();
  const tape = engine() as unknown as Tape;
  if (tape.state.gradientDepth > 0) return engine().gradients(f, xs, dy as Tensor, true);
  const outer = tape.state.activeTape;
  let nodes: TapeNode[] = [];
  tape.startTape();
  try {
    // Only this level's value survives the tidy; what the way back needs was saved by the tape.
    const value = tidy(f);
    nodes = tape.state.activeTape ?? [];
    if (!(value instanceof Tensor)) throw new Error("gradients: f must return a tensor, synchronously");
    tape.endTape();
    return { value, grads: tidy(() => walkBack(nodes, xs, value, dy) as never) };
  } catch (error) {
    if (tape.state.gradientDepth > 0) tape.endTape();
    throw error;
  } finally {
    for (const node of nodes.length > 0 ? nodes : (tape.state.activeTape ?? [])) release(node.saved);
    tape.state.activeTape = outer;
  }
}

function walkBack(nodes: TapeNode[], xs: Tensor[], value: Tensor, dy?: Tensor): (Tensor | undefined)[] {
  const wanted = new Set(xs.map((x) => x.id));
  const influenced = reachableFrom(nodes, wanted);
  const gradient = new Map<number, Tensor>([[value.id, keep(dy ? clone(dy) : ones(value.shape))]]);
  for (const node of nodes.reverse()) {
    const dys = node.outputs.map((output) => gradient.get(output.id) ?? null);
    const inputs = Object.entries(node.inputs).filter(([, input]) => influenced.has(input.id));
    if (inputs.length > 0 && dys.some((d) => d !== null)) {
      for (const [id, dx] of nodeGradients(node, inputs, dys)) accumulate(gradient, id, dx);
    }
    for (const output of node.outputs) {
      if (wanted.has(output.id)) continue;
      gradient.get(output.id)?.dispose();
      gradient.delete(output.id);
    }
    release(node.saved);
  }
  const grads = xs.map((x) => gradient.get(x.id));
  // Asking twice for the same tensor gives each caller a gradient of its own; what nobody asked for goes.
  for (const [id, tensor] of gradient) if (!wanted.has(id)) tensor.dispose();
  const results = grads.map((grad) => grad && clone(grad));
  for (const grad of new Set(grads)) grad?.dispose();
  return results;
}

/** Ids of all tensors that depend on the wanted ones. */
function reachableFrom(nodes: TapeNode[], wanted: ReadonlySet<number>): Set<number> {
  const reached = new Set(wanted);
  for (const node of nodes) {
    if (!Object.values(node.inputs).some((input) => reached.has(input.id))) continue;
    for (const output of node.outputs) reached.add(output.id);
  }
  return reached;
}

/** The gradients of one tape node's inputs, each a tensor of its own that outlives the enclosing tidy. */
function nodeGradients(node: TapeNode, inputs: [string, Tensor][], dys: (Tensor | null)[]): [number, Tensor][] {
  const { gradient, kernelName } = node;
  if (!gradient) throw new Error(`gradients: no gradient is registered for the op ${kernelName}`);
  return tidy(() => {
    const byName = gradient(dys);
    return inputs.map(([name, input]): [number, Tensor] => {
      const dx = byName[name]?.();
      if (!dx) throw new Error(`gradients: ${kernelName} has no gradient for its input "${name}"`);
      if (dx.shape.join() !== input.shape.join()) {
        throw new Error(
          `gradients: ${kernelName} returned shape [${dx.shape}] for "${name}" of shape [${input.shape}]`,
        );
      }
      // A gradient may be `dy` itself, which is disposed on its own: count one more reference.
      return [input.id, keep(dys.includes(dx) || node.saved.includes(dx) ? clone(dx) : dx)];
    }) as never;
  });
}

function accumulate(gradient: Map<number, Tensor>, id: number, dx: Tensor): void {
  const sum = gradient.get(id);
  if (!sum) {
    gradient.set(id, dx);
    return;
  }
  gradient.set(id, keep(add(sum, dx)));
  sum.dispose();
  dx.dispose();
}

function release(saved: Tensor[]): void {
  for (const tensor of saved) tensor.dispose();
  saved.length = 0;
}
