// Time per kernel, with what it moved and computed.

import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Binding, Call } from "./binding.js";

/** What a kernel did since the profile began. */
export interface KernelProfile {
  calls: number;
  milliseconds: number;
  /** Bytes of inputs and outputs: the least that a kernel must move. */
  bytes: number;
  /** Float operations, where the binding counts them. */
  flops: number;
}

let profile: Map<string, KernelProfile> | undefined;

/** Runs f and returns, by kernel name, what the machine's kernels did meanwhile. */
export function profileKernels<T>(f: () => T): { result: T; kernels: Map<string, KernelProfile> } {
  const outer = profile;
  const kernels = new Map<string, KernelProfile>();
  profile = kernels;
  try {
    return { result: f(), kernels };
  } finally {
    profile = outer;
  }
}

/** Runs a binding, and notes what it did when a profile is being taken. */
export function record(binding: Binding, call: Call): TensorInfo | TensorInfo[] | undefined {
  if (!profile) return binding.run(call);
  const start = performance.now();
  const result = binding.run(call);
  const milliseconds = performance.now() - start;
  if (!result) return result;
  const entry = profile.get(binding.name) ?? { calls: 0, milliseconds: 0, bytes: 0, flops: 0 };
  const tensors = [...Object.values(call.inputs), ...(Array.isArray(result) ? result : [result])];
  entry.calls += 1;
  entry.milliseconds += milliseconds;
  entry.bytes += tensors.reduce((sum, tensor) => sum + (tensor ? bytesOf(tensor) : 0), 0);
  entry.flops += binding.flops?.(call) ?? 0;
  profile.set(binding.name, entry);
  return result;
}

const bytesOf = ({ shape, dtype }: TensorInfo): number => shape.reduce((a, b) => a * b, dtype === "bool" ? 1 : 4);
