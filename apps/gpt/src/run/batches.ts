// Batches of a text become tensors and losses.

import { causalLmLoss } from "@llm/causal-lm";
import { type Batch, evaluationBatches, type TokenSource } from "@llm/dataloader";
import { type Scalar, type Tensor2D, tensor2d, tidy } from "@tensorflow/tfjs-core";
import type { HeldOut } from "./loop.js";
import type { LanguageModel } from "./model.js";
import { maskSpecial, sumBytes } from "./token-bytes.js";

/** The mean next-token loss of a batch; `zLoss` is added in training alone, so that evaluations stay comparable. */
export function textLoss(model: LanguageModel, { zLoss = 0 }: { zLoss?: number } = {}): (batch: Batch) => Scalar {
  return ({ inputs, targets, batch, context }) =>
    tidy(() => {
      const ids: Tensor2D = tensor2d(inputs, [batch, context], "int32");
      return causalLmLoss(model.forward(ids), tensor2d(targets, [batch, context], "int32"), {
        zLoss: model.training ? zLoss : 0,
      }) as Scalar;
    });
}

/** Number of targets that count. */
export function targetCount({ targets }: Batch): number {
  return targets.reduce((n, target) => n + (target >= 0 ? 1 : 0), 0);
}

/** The first `limit` tokens of a held-out text, special tokens left out of the targets. */
export function heldOutText(
  source: TokenSource,
  bytes: Int32Array,
  { batch, context, limit }: { batch: number; context: number; limit: number },
): HeldOut<Batch> {
  const length = Math.min(source.length, limit + 1);
  const part: TokenSource = { length, read: (offset, count) => source.read(offset, count) };
  const batches = function* (): Generator<Batch> {
    for (const { tokens: _, ...item } of evaluationBatches(part, { batch, context })) {
      yield { ...item, targets: maskSpecial(item.targets, bytes) };
    }
  };
  let total = 0;
  for (const { targets } of batches()) total += sumBytes(targets, bytes);
  return { batches, bytes: total };
}
