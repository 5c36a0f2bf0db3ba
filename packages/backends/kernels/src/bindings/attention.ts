// Flash attention, by the contract of @llm/attention.

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type Binding, binding, type Call } from "../binding.js";

type Inputs = Record<"q" | "k" | "v", TensorInfo> &
  Partial<Record<"mask" | "lengths" | "prefix" | "slopes", TensorInfo>>;
type GradientInputs = Inputs & Record<"dy" | "value" | "logsumexp", TensorInfo>;
type Attrs = { causal: boolean; scale: number };

// Few heads are cut in parts for the gradient until there are as many tasks: fixed, so that results do not depend on the
// machine's threads, and small, because each part sums dk and dv for itself.
const TASKS = 8;
const BLOCK = 64;

/** What both kernels are told at the end. */
function sizes({ inputs: { q, k, v, mask }, attrs }: Call<Inputs, Attrs>): number[] {
  const [b, n, t, h] = q.shape as [number, number, number, number];
  const [, kvHeads, s] = k.shape as [number, number, number];
  return [b, n, kvHeads, t, s, h, v.shape[3] as number, attrs.causal ? 1 : 0, attrs.scale, ...strides(mask)];
}

/** How far apart a mask's elements are along B, N, T, S; 0 where it is broadcast. */
function strides(mask?: TensorInfo): number[] {
  const result = [0, 0, 0, 0];
  let stride = 1;
  const shape = mask?.shape ?? [];
  for (let i = 1; i <= shape.length; i++) {
    const size = shape[shape.length - i] as number;
    if (size !== 1) result[4 - i] = stride;
    stride *= size;
  }
  return result;
}

function addresses({ inputs: { q, k, v, mask, lengths, prefix, slopes }, backend }: Call<Inputs, Attrs>): number[] {
  return [q, k, v, mask, lengths, prefix, slopes].map((input) => backend.address(input));
}

/** Two products forward, five backward, and half of each where half of the scores are never looked at. */
function flops(products: number): (call: Call<Inputs, Attrs>) => number {
  return ({ inputs: { q, k, v }, attrs }) => {
    const [b, n, t, h] = q.shape as [number, number, number, number];
    const s = k.shape[2] as number;
    const pairs = attrs.causal ? t * s - (t * (t - 1)) / 2 : t * s;
    const [withKeys, withValues] = products === 2 ? [1, 1] : [3, 2];
    return 2 * b * n * pairs * (withKeys * h + withValues * (v.shape[3] as number));
  };
}

const forward = binding<Inputs, Attrs>(
  "Attention",
  (call) => {
    const { inputs, backend } = call;
    const rows = inputs.q.shape.slice(0, 3);
    const value = backend.output([...rows, inputs.v.shape[3] as number]);
    const logsumexp = backend.output(rows);
    backend.call("attention", ...addresses(call), value.address, logsumexp.address, ...sizes(call));
    return [value.info, logsumexp.info];
  },
  flops(2),
);

const gradient = binding<GradientInputs, Attrs>(
  "AttentionGrad",
  (call) => {
    const { inputs, backend } = call;
    const { q, k, v, dy, value, logsumexp } = inputs;
    const grads = [q, k, v].map(({ shape }) => backend.output(shape));
    const size = [k, v].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 4), 0);
    const [b, n, t] = q.shape as [number, number, number];
    const heads = b * (k.shape[1] as number);
    const blocks = Math.ceil((n * t) / (k.shape[1] as number) / BLOCK);
    const parts = Math.max(1, Math.min(Math.ceil(TASKS / heads), blocks));
    const partial = parts > 1 ? backend.pool.take((parts - 1) * size) : undefined;
    const given = [value, logsumexp, dy].map((each) => backend.address(each));
    const results = [...grads.map(({ address }) => address), partial?.address ?? 0, parts];
    backend.call("attention_gradient", ...addresses(call), ...given, ...results, ...sizes(call));
    if (partial) backend.pool.give(partial);
    return grads.map(({ info }) => info);
  },
  flops(5),
);

/** Bindings of cpp/attention.h. */
export const attention: readonly Binding[] = [forward, gradient];
