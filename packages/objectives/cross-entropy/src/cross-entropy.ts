// Cross-entropy of logits with integer labels, reduced over the labels that count.
//
//   loss = Σ_r (ln Σ_v exp(x_rv) − x_r,label) / #{r : label_r ≠ ignoreIndex}
//
// As PyTorch's cross_entropy, except that a batch whose labels are all ignored has mean 0 with gradient 0 instead of
// NaN: with labels on answers alone, a short micro-batch may hold none, and must not spoil the step.
// Shapes: … leading dimensions, V vocabulary.

import { registerGradients } from "@llm/ops";
import {
  cast,
  div,
  getBackend,
  maximum,
  notEqual,
  reshape,
  scalar,
  sum,
  type Tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";

/** How the losses of the rows become one value, and what is added to them. */
export interface CrossEntropyOptions {
  /** Rows with this label count for nothing. */
  ignoreIndex?: number;
  /** Adds `zLoss · ln²Z` per row, which keeps the logits' scale from drifting; PaLM uses 1e-4. */
  zLoss?: number;
  /** "mean" over the labels that count, "sum", or "none": one loss per label. */
  reduction?: "mean" | "sum" | "none";
}

/**
 * Cross-entropy in nats.
 *
 * @param logits [..., V] float32
 * @param labels int32 [...], each 0 … V−1 or `ignoreIndex`
 * @returns a scalar, or [...] with reduction "none" (0 where ignored)
 * @throws Error when shapes or types do not fit; RangeError naming a label that is out of range, on backends whose
 *   values can be read without waiting (on WebGPU and WebGL such a label gives an undefined loss)
 */
export function crossEntropy(
  logits: Tensor,
  labels: Tensor,
  { ignoreIndex = -100, zLoss = 0, reduction = "mean" }: CrossEntropyOptions = {},
): Tensor {
  const vocab = checkShapes(logits, labels);
  checkLabels(labels, vocab, ignoreIndex);
  registerGradients();
  return tidy(() => {
    const flat = reshape(labels, [labels.size]);
    const losses = softmaxCrossEntropy(
      { logits: reshape(logits, [labels.size, vocab]), labels: flat },
      { ignoreIndex, zLoss },
    );
    if (reduction === "none") return reshape(losses, labels.shape);
    if (reduction === "sum") return sum(losses);
    const counting = sum(cast(notEqual(flat, scalar(ignoreIndex, "int32")), "float32"));
    return div(sum(losses), maximum(counting, 1));
  });
}

function checkShapes(logits: Tensor, labels: Tensor): number {
  const vocab = logits.shape.at(-1);
  if (vocab === undefined || logits.shape.slice(0, -1).join() !== labels.shape.join()) {
    throw new Error(
      `crossEntropy: labels must have the shape of logits without the last dimension: [${logits.shape.slice(0, -1)}] ` +
        `for logits [${logits.shape}], got [${labels.shape}]`,
    );
  }
  if (labels.dtype !== "int32") {
    throw new Error(
      `crossEntropy: labels must be int32, got ${labels.dtype}; create them with tensor(ids, shape, "int32")`,
    );
  }
  if (logits.dtype !== "float32") throw new Error(`crossEntropy: logits must be float32, got ${logits.dtype}`);
  if (logits.size === 0) throw new Error(`crossEntropy: there is nothing to average in logits [${logits.shape}]`);
  return vocab;
}

/** On a GPU, reading the labels would stall the pipeline. */
function checkLabels(labels: Tensor, vocab: number, ignoreIndex: number): void {
  if (getBackend() === "webgpu" || getBackend() === "webgl") return;
  const values = labels.dataSync();
  for (let i = 0; i < values.length; i++) {
    const label = values[i] as number;
    if ((label >= 0 && label < vocab) || label === ignoreIndex) continue;
    throw new RangeError(
      `crossEntropy: label ${label} at position ${i} is out of range; labels are 0 … ${vocab - 1}, or ${ignoreIndex} to be ignored`,
    );
  }
}
