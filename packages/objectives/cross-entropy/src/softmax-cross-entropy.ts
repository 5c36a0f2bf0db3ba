// Cross-entropy of softmax(x) with an integer label, row by row.
//
//   Z = Σ_v exp(x_v),  loss = ln Z − x_label + ζ·ln²Z,  dloss/dx = (1 + 2ζ·ln Z)·softmax(x) − 1[v = label]
//
// The composite runs softmax once and keeps its result for the way back. The largest probability is 1/Σ exp(x − max),
// so ln Z = max(x) − ln max(softmax(x)), without a second pass of exp. The label's −1 is scattered: R values, never R·V
// one-hot labels.
// Source of the ζ term (z-loss): Chowdhery et al., "PaLM", arXiv:2204.02311, section 5.
// Shapes: R rows, V vocabulary.

import { type Contract, defineOp, scatterAdd } from "@llm/ops";
import {
  add,
  cast,
  customGrad,
  gather,
  log,
  max,
  mul,
  notEqual,
  range,
  reshape,
  scalar,
  softmax,
  square,
  sub,
  type Tensor,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";

/** Attributes of a fused kernel `SoftmaxCrossEntropy`. */
export interface SoftmaxCrossEntropyAttrs {
  /** Rows with this label have loss 0 and gradient 0. */
  ignoreIndex: number;
  /** ζ above. */
  zLoss: number;
}

/**
 * A fused kernel `SoftmaxCrossEntropy` takes `logits` [R, V] and int32 `labels` [R] and returns the losses [R], then
 * ln Z [R], which may be anything where the label is ignored. `SoftmaxCrossEntropyGrad` takes `dy` [R] with `logits`,
 * `labels`, `logSumExp`, and returns [R, V].
 */
export const softmaxCrossEntropyContract: Contract = {
  name: "SoftmaxCrossEntropy",
  differentiable: ["logits"],
  saved: ["logits", "labels", "logSumExp"],
  statistics: ["logSumExp"],
};

/** The losses [R] of logits [R, V] and int32 labels [R], each below V or `ignoreIndex`. */
export const softmaxCrossEntropy: (
  inputs: { logits: Tensor; labels: Tensor },
  attrs: SoftmaxCrossEntropyAttrs,
) => Tensor = defineOp<{ logits: Tensor; labels: Tensor }, SoftmaxCrossEntropyAttrs>({
  contract: softmaxCrossEntropyContract,
  composite: ({ logits, labels }, { ignoreIndex, zLoss }) => {
    const [rows, vocab] = logits.shape as [number, number];
    const counts_R = notEqual(labels, scalar(ignoreIndex, "int32"));
    const places_R = add(range(0, rows * vocab, vocab, "int32"), mul(labels, cast(counts_R, "int32")));
    const p_RV = untaped((x_RV) => softmax(x_RV), logits);
    const top_R = untaped((x_RV) => max(x_RV, -1), logits);
    const logTop_R = untaped((p) => log(max(p, -1)), p_RV);
    const logZ_R = sub(top_R, logTop_R);
    const op = customGrad((...args) => {
      const [x_RV, save] = args as unknown as [Tensor, (tensors: Tensor[]) => void];
      save([p_RV, places_R, counts_R, logZ_R]);
      // Not ln Z − x_label: near 1e4 a float32 has only three digits after the point.
      const nll_R = sub(sub(top_R, gather(reshape(x_RV, [rows * vocab]), places_R)), logTop_R);
      const loss_R = zLoss === 0 ? nll_R : add(nll_R, mul(square(logZ_R), zLoss));
      return {
        // Selected, not multiplied: an ignored row may hold infinities.
        value: where(counts_R, loss_R, zerosLike(loss_R)),
        gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => gradient(dy as Tensor, saved, zLoss),
      };
    });
    return op(logits);
  },
});

/**
 * What `gradient` uses, computed without the tape keeping anything for a way back that is never taken. It must exist
 * before `customGrad` saves it: tfjs' leak check takes tensors that are made and saved inside for leaks.
 */
function untaped(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const gradFunc = (): Tensor => {
    throw new Error("crossEntropy: a constant has no gradient");
  };
  return customGrad((input) => ({ value: f(input as Tensor), gradFunc }))(x);
}

function gradient(dy_R: Tensor, saved: Tensor[], zLoss: number): Tensor {
  const [p_RV, places_R, counts_R, logZ_R] = saved as [Tensor, Tensor, Tensor, Tensor];
  const [rows, vocab] = p_RV.shape as [number, number];
  const weight_R = mul(dy_R, cast(counts_R, "float32"));
  const scale_R = zLoss === 0 ? weight_R : mul(weight_R, add(mul(logZ_R, 2 * zLoss), 1));
  const atLabels_RV = reshape(scatterAdd(places_R, weight_R, rows * vocab), [rows, vocab]);
  return sub(mul(p_RV, reshape(scale_R, [rows, 1])), atLabels_RV);
}
