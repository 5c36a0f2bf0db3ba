// What attention must compute.

import { groupedQueryAttention } from "@llm/gqa";
import type { Tensor } from "@tensorflow/tfjs-core";
import { agree, normal } from "./agree.js";

const kernels = ["Attention", "AttentionGrad"];

/** Defines the tests for a registered backend. */
export function attention(backend: string): void {
  const shapes = [
    { b: 2, n: 2, k: 2, t: 5, s: 5, h: 3 },
    { b: 1, n: 4, k: 2, t: 17, s: 17, h: 16 },
    { b: 1, n: 1, k: 1, t: 64, s: 64, h: 64 },
    { b: 1, n: 3, k: 1, t: 65, s: 65, h: 17 },
    { b: 2, n: 2, k: 1, t: 130, s: 130, h: 32 },
    { b: 1, n: 2, k: 1, t: 7, s: 100, h: 33 },
    { b: 1, n: 1, k: 1, t: 1, s: 1, h: 1 },
  ];
  for (const { b, n, k, t, s, h } of shapes) {
    for (const mask of ["causal", "none"] as const) {
      const f = (q: Tensor, key: Tensor, value: Tensor): Tensor => groupedQueryAttention(q, key, value, { mask });
      const inputs = [normal([b, n, t, h]), normal([b, k, s, h], { seed: 2 }), normal([b, k, s, h], { seed: 3 })];
      agree(backend, `${mask}, B${b} N${n} K${k} T${t} S${s} H${h}`, f, inputs, { kernels });
    }
  }
}
