// AdamW over all parameters, the global norm of all gradients, and clipping by it.

import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { MachineBackend, Output } from "../backend.js";
import { type Binding, binding } from "../binding.js";
import { withTable } from "../table.js";

/** As `AdamWKernelAttrs` of `@llm/adamw`. */
interface AdamWAttrs {
  lr: number;
  beta1: number;
  beta2: number;
  eps: number;
  weightDecay: number[];
  step: number[];
  gradScale: number;
}

type List = Record<string, TensorInfo>;

/** Where the new value goes: into the tensor's own memory, unless anything else refers to it. */
function target(backend: MachineBackend, tensor: TensorInfo): Output {
  if (backend.refCount(tensor.dataId) > 1) return backend.output(tensor.shape);
  return { info: backend.share(tensor, tensor.shape), address: backend.address(tensor) };
}

function adamWUpdate(backend: MachineBackend, inputs: TensorInfo[], attrs: AdamWAttrs): TensorInfo[] {
  const { lr, beta1, beta2, eps, weightDecay, step, gradScale } = attrs;
  const count = inputs.length / 4;
  const outputs = inputs.slice(0, 3 * count).map((tensor) => target(backend, tensor));
  const rows = step.map((t, i) => {
    const columns = [0, 1, 2, 3].map((column) => backend.address(inputs[column * count + i]));
    const results = [0, 1, 2].map((column) => (outputs[column * count + i] as Output).address);
    const correction = Math.sqrt(1 - beta2 ** t);
    const kept = 1 - lr * (weightDecay[i] as number);
    const stepSize = (lr * correction) / (1 - beta1 ** t);
    return [...columns, ...results, sizeOf(inputs[i] as TensorInfo), kept, stepSize, eps * correction];
  });
  withTable(backend, rows, (table) => {
    backend.call("adamw", table, count, beta1, 1 - beta1, beta2, 1 - beta2, gradScale);
  });
  return outputs.map(({ info }) => info);
}

const sizeOf = ({ shape }: TensorInfo): number => util.sizeFromShape(shape);

function globalNorm(backend: MachineBackend, tensors: TensorInfo[]): TensorInfo {
  const norm = backend.output([]);
  const rows = tensors.map((tensor) => [backend.address(tensor), 0, sizeOf(tensor)]);
  withTable(backend, rows, (table) => backend.call("global_norm", table, tensors.length, norm.address));
  return norm.info;
}

function scaled(backend: MachineBackend, tensors: TensorInfo[], factor: number): TensorInfo[] {
  if (factor === 1) return tensors.map((tensor) => backend.share(tensor, tensor.shape));
  const outputs = tensors.map(({ shape }) => backend.output(shape));
  const rows = tensors.map((tensor, i) => [backend.address(tensor), (outputs[i] as Output).address, sizeOf(tensor)]);
  withTable(backend, rows, (table) => backend.call("scale_all", table, tensors.length, factor));
  return outputs.map(({ info }) => info);
}

/** Bindings of cpp/adamw.h. */
export const adamw: readonly Binding[] = [
  binding<List, AdamWAttrs>("AdamW", ({ inputs, attrs, backend }) =>
    adamWUpdate(backend, Object.values(inputs), attrs),
  ),
  binding<List>("GlobalNorm", ({ inputs, backend }) => globalNorm(backend, Object.values(inputs))),
  binding<List, { maxNorm: number }>("ClipByGlobalNorm", ({ inputs, attrs: { maxNorm }, backend }) => {
    const tensors = Object.values(inputs);
    const norm = globalNorm(backend, tensors);
    const [value] = backend.readSync(norm.dataId) as Float32Array;
    const factor = maxNorm === Number.POSITIVE_INFINITY ? 1 : Math.min(1, maxNorm / ((value as number) + 1e-6));
    return [...scaled(backend, tensors, factor), norm];
  }),
];
