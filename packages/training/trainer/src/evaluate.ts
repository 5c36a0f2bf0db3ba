import { type Scalar, tidy } from "@tensorflow/tfjs-core";

/** What an evaluation needs. */
export interface EvaluationOptions<Batch> {
  batches: Iterable<Batch>;
  /** Mean loss over the targets of a batch that count. */
  loss: (batch: Batch) => Scalar;
  /** Number of targets that count. */
  weight: (batch: Batch) => number;
}

/**
 * Mean loss over all targets of all batches, each target weighing the same. Put the model in evaluation
 * mode before.
 *
 * @returns the mean in nats, and the number of targets
 * @throws Error when no target counts
 */
export async function evaluate<Batch>({
  batches,
  loss,
  weight,
}: EvaluationOptions<Batch>): Promise<{ loss: number; count: number }> {
  let [sum, count] = [0, 0];
  for (const batch of batches) {
    const n = weight(batch);
    if (n === 0) continue;
    const value = tidy(() => loss(batch));
    sum += ((await value.data())[0] as number) * n;
    count += n;
    value.dispose();
  }
  if (count === 0) throw new Error("evaluate: there is no target to evaluate; the data is empty or all masked");
  return { loss: sum / count, count };
}
