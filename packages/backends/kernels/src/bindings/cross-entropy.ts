// Cross-entropy of softmax with integer labels.

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type Binding, binding } from "../binding.js";

interface Rows {
  logits: TensorInfo;
  labels: TensorInfo;
}

interface Attrs {
  ignoreIndex: number;
  zLoss: number;
}

/** Bindings of cpp/cross-entropy.h. */
export const crossEntropy: readonly Binding[] = [
  binding<Rows, Attrs>(
    "SoftmaxCrossEntropy",
    ({ inputs: { logits, labels }, attrs: { ignoreIndex, zLoss }, backend }) => {
      const [rows, vocab] = logits.shape as [number, number];
      const [loss, logSum] = [backend.output([rows]), backend.output([rows])];
      const pointers = [backend.address(logits), backend.address(labels), loss.address, logSum.address];
      backend.call("cross_entropy", ...pointers, rows, vocab, ignoreIndex, zLoss);
      return [loss.info, logSum.info];
    },
  ),
  binding<Rows & { dy: TensorInfo; logSumExp: TensorInfo }, Attrs>(
    "SoftmaxCrossEntropyGrad",
    ({ inputs: { dy, logits, labels, logSumExp }, attrs: { ignoreIndex, zLoss }, backend }) => {
      const [rows, vocab] = logits.shape as [number, number];
      const dlogits = backend.output([rows, vocab]);
      const pointers = [dy, logits, labels, logSumExp].map((tensor) => backend.address(tensor));
      backend.call("cross_entropy_grad", ...pointers, dlogits.address, rows, vocab, ignoreIndex, zLoss);
      return dlogits.info;
    },
  ),
];
