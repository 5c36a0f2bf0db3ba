// Time per kernel, with what it moved and computed.

import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Call } from "./binding.js";

/** What a kernel did since the profile began. */
export interface KernelProfile {
  calls: number;
  milliseconds: number;
  /** Bytes of inputs and outputs: the least that a kernel must move. */
  bytes: number;
  /** Float operations, where the binding counts them. */
  flops: number;
}

type Profile = Map<string, KernelProfile>;
let profile: Profile | undefined;

/**
 * Begins to note what kernels of machines do. The function that it returns ends that, and gives the notes by name of the
 * kernel; " (cpu)" behind a name says that tfjs' CPU kernel ran.
 */
export function startKernelProfile(): () => Map<string, KernelProfile> {
  const outer = profile;
  const mine: Profile = new Map();
  profile = mine;
  return () => {
    profile = outer;
    return mine;
  };
}

/** Runs f and returns what kernels did meanwhile. */
export function profileKernels<T>(f: () => T): { result: T; kernels: Map<string, KernelProfile> } {
  const stop = startKernelProfile();
  try {
    return { result: f(), kernels: profile as Profile };
  } finally {
    stop();
  }
}

type Result = TensorInfo | TensorInfo[] | undefined;

/** Runs a kernel, and notes what it did when a profile is being taken and it did anything. */
export function timed(name: string, call: Call, run: () => Result, flops?: (call: Call) => number): Result {
  if (!profile) return run();
  const start = performance.now();
  const result = run();
  const milliseconds = performance.now() - start;
  if (!result) return result;
  const entry = profile.get(name) ?? { calls: 0, milliseconds: 0, bytes: 0, flops: 0 };
  const tensors = [...Object.values(call.inputs), ...(Array.isArray(result) ? result : [result])];
  entry.calls += 1;
  entry.milliseconds += milliseconds;
  for (const tensor of tensors) entry.bytes += tensor ? bytesOf(tensor) : 0;
  entry.flops += flops?.(call) ?? 0;
  profile.set(name, entry);
  return result;
}

const bytesOf = ({ shape, dtype }: TensorInfo): number => shape.reduce((a, b) => a * b, dtype === "bool" ? 1 : 4);
