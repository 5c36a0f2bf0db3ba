// The loss of the tokens that are asked for, and the work of the head for these alone.
//
//   loss = −(1/N) Σ_n ln p(x_n | hidden_n),  N the positions with a target, p = softmax(head(hidden_n))
//
// The head (D·V multiplications a position) is what a small model spends most on; 85 % of the positions do not need it.
// Source: `gather_indexes` of BERT's run_pretraining.py.
// Shapes: B batch, T time, D model dim, N positions with a target, V vocabulary.

import { type CrossEntropyOptions, crossEntropy } from "@llm/cross-entropy";
import { IGNORE } from "@llm/objective";
import { registerGradients } from "@llm/ops";
import { gather, reshape, scalar, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";

/**
 * The masked-token loss in nats per token.
 *
 * @param hidden_BTD [B, T, D], or any [..., D]: the model's output before the head
 * @param targets B·T ids in the same order, -100 where nothing is asked
 * @param head [N, D] → logits [N, V]
 * @returns a scalar; 0 without gradient when nothing is asked
 * @throws Error when there is not one target for each position
 */
export function maskedLmLoss(
  hidden_BTD: Tensor,
  targets: ArrayLike<number>,
  head: (hidden_ND: Tensor) => Tensor,
  options: Pick<CrossEntropyOptions, "zLoss"> = {},
): Tensor {
  const dim = hidden_BTD.shape.at(-1) as number;
  const places = Array.from(targets, (_, i) => i).filter((i) => targets[i] !== IGNORE);
  if (hidden_BTD.size !== targets.length * dim) {
    throw new Error(
      `maskedLmLoss: hidden [${hidden_BTD.shape}] has ${hidden_BTD.size / dim} positions, got ${targets.length} targets`,
    );
  }
  if (places.length === 0) return scalar(0);
  registerGradients();
  return tidy(() => {
    const hidden_ND = gather(reshape(hidden_BTD, [targets.length, dim]), tensor(places, [places.length], "int32"));
    const labels = tensor(
      places.map((at) => targets[at] as number),
      [places.length],
      "int32",
    );
    return crossEntropy(head(hidden_ND), labels, options);
  });
}
