// Keeps values within ±c, smoothly: nearly the identity around zero, flat far out.
//
//   softCap(x) = c · tanh(x / c)
//
// Source: Gemma 2 (https://arxiv.org/abs/2408.00118, §2), which caps attention scores at 50 and the logits of the
// vocabulary at 30; the idea is Bello et al.'s, https://arxiv.org/abs/1611.09940. |x − softCap(x)| ≤ |x|³ / 3c².

import { registerGradients } from "@llm/ops";
import { mul, type Tensor, tanh, tidy } from "@tensorflow/tfjs-core";

/**
 * c · tanh(x / c) for each element.
 *
 * @param x any shape
 * @param cap c, above 0; results lie between −c and c
 * @returns the same shape
 * @throws Error unless cap is a finite number above 0
 */
export function softCap(x: Tensor, cap: number): Tensor {
  if (!(cap > 0 && Number.isFinite(cap))) throw new Error(`softCap: cap must be a finite number above 0, got ${cap}`);
  registerGradients();
  return tidy(() => mul(tanh(mul(x, 1 / cap)), cap));
}
