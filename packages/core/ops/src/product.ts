// The matrix product C = op(A)·op(B), batched, with broadcast batch dimensions.
//
// Its gradient (gradients/product.ts) is right for every combination of transposes and broadcasting, and
// on tfjs' `wasm` backend the kernel underneath is replaced by one that is fast for all of them (wasm.ts).

import { broadcastTo, matMul, reshape, type Tensor } from "@tensorflow/tfjs-core";
import { registerGradients } from "./gradients/index.js";

/**
 * Batched matrix product with broadcasting.
 *
 * @param a [..., M, K], or [..., K, M] with `transposeA`
 * @param b [..., K, N], or [..., N, K] with `transposeB`
 * @returns [..., M, N]
 * @throws Error when the inner dimensions or the batch dimensions do not fit
 */
export function product(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  registerGradients();
  checkShapes(a, b, transposeA, transposeB);
  if (a.rank === 2 || b.rank > 2 || transposeA) return matMul(...expand(a, b), transposeA, transposeB);
  // A shared right side makes one tall product of it, whose gradient needs no sum over the batch.
  const k = a.shape[a.rank - 1] as number;
  const rows = a.shape.slice(0, -1).reduce((n, d) => n * d, 1);
  const tall = matMul(reshape(a, [rows, k]), b, false, transposeB);
  return reshape(tall, [...a.shape.slice(0, -1), tall.shape[1] as number]);
}

/**
 * Repeats both sides to the common batch shape where tfjs cannot broadcast: its kernels take the batch
 * index modulo each side's count, so [2,1] against [3] multiplies the wrong matrices.
 */
function expand(a: Tensor, b: Tensor): [Tensor, Tensor] {
  const [p, q] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const single = (shape: number[]): boolean => shape.every((d) => d === 1);
  if (p.join() === q.join() || single(p) || single(q)) return [a, b];
  const rank = Math.max(p.length, q.length);
  const at = (shape: number[], i: number): number => shape[shape.length - rank + i] ?? 1;
  const batch = Array.from({ length: rank }, (_, i) => (at(p, i) === 1 ? at(q, i) : at(p, i)));
  const to = (x: Tensor): Tensor => broadcastTo(x, [...batch, ...x.shape.slice(-2)] as unknown as [number]);
  return [to(a), to(b)];
}

function checkShapes(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): void {
  const text = `[${a.shape}]${transposeA ? "ᵀ" : ""} · [${b.shape}]${transposeB ? "ᵀ" : ""}`;
  if (a.rank < 2 || b.rank < 2) throw new Error(`product: both sides need at least 2 dimensions, got ${text}`);
  const inner = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)];
  if (inner[0] !== inner[1]) throw new Error(`product: inner dimensions ${inner[0]} and ${inner[1]} differ in ${text}`);
  for (let i = 3; i <= Math.min(a.rank, b.rank); i++) {
    const [p, q] = [a.shape.at(-i), b.shape.at(-i)];
    if (p !== q && p !== 1 && q !== 1) {
      throw new Error(`product: batch dimensions ${p} and ${q} do not broadcast in ${text}`);
    }
  }
}
