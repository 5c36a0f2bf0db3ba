// One optimizer step over several micro-batches.
//
//   g = Σ_i (w_i / Σ w) · ∇ L_i,   clipped to a global norm,   then handed to the optimizer
//
// w_i is the number of targets that count in micro-batch i and L_i their mean loss, so accumulation equals
// one large batch exactly, also where masks leave each micro-batch another number of targets.

import { clipCoefficient, globalNorm } from "@llm/grad-clip";
import { type NamedParameters, type Precision, valueAndGrads, withPrecision } from "@llm/ops";
import { type Random, withRandom } from "@llm/random";
import { add, dispose, mul, type Scalar, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** What a step needs of an optimizer; `AdamW` of `@llm/adamw` is one. */
export interface Optimizer {
  /**
   * Whether `step` multiplies the gradients by its third argument. It is asked for because an optimizer that does not
   * know the argument would ignore it in silence; to such a one clipped copies of the gradients are given.
   */
  readonly scalesGradients?: boolean;
  /** Updates the parameters in place. Gradients stay the caller's. */
  step(grads: ReadonlyMap<string, Tensor>, learningRate: number, gradScale?: number): void;
}

/** The parts of one step. */
export interface StepOptions<Batch> {
  parameters: NamedParameters;
  optimizer: Optimizer;
  /** Mean loss over the targets of a micro-batch that count. */
  loss: (batch: Batch) => Scalar;
  /** Number of targets that count. Default: every micro-batch weighs the same. */
  weight?: (batch: Batch) => number;
  batches: readonly Batch[];
  learningRate: number;
  /** Largest global norm of the gradients; none by default. */
  clip?: number;
  /** How matrix products read their operands, forward and backward. Default "float32". */
  precision?: Precision;
  /** Source of dropout; each micro-batch gets a fork of its own. */
  random: Random;
  /** Whether the parameters may be updated, asked at every step; `@llm/stability` refuses outliers. Default: always. */
  accept?: (result: { loss: number; gradNorm: number }) => boolean;
}

/** What one step did. */
export interface StepResult {
  loss: number;
  /** Global norm of the gradients before clipping. */
  gradNorm: number;
  /** True when loss or gradients were not finite or `accept` refused, and the parameters were left alone. */
  skipped: boolean;
}

/** Whether a step could have updated the parameters at all. */
export function wasFinite({ loss, gradNorm }: { loss: number; gradNorm: number }): boolean {
  return Number.isFinite(loss) && Number.isFinite(gradNorm);
}

/**
 * Computes the gradients over all micro-batches and updates the parameters, unless anything is not finite or `accept` says no.
 * @throws Error when there is no micro-batch, or no target counts
 */
export async function trainStep<Batch>(options: StepOptions<Batch>): Promise<StepResult> {
  const { optimizer, learningRate, clip = Number.POSITIVE_INFINITY, accept = () => true } = options;
  const { loss, grads } = accumulate(options);
  const norm = globalNorm(grads);
  try {
    const [[lossValue], [gradNorm]] = (await Promise.all([loss.data(), norm.data()])) as unknown as [
      [number],
      [number],
    ];
    const seen = { loss: lossValue, gradNorm };
    // Asked in any case: a guard must know of every step.
    const skipped = !accept(seen) || !wasFinite(seen);
    if (!skipped) update(optimizer, grads, learningRate, clipCoefficient(gradNorm, clip));
    return { ...seen, skipped };
  } finally {
    dispose([loss, norm, ...grads.values()]);
  }
}

/** One step with scaled gradients, which exist a second time only where the optimizer cannot scale them itself. */
function update(optimizer: Optimizer, grads: Map<string, Tensor>, learningRate: number, scale: number): void {
  if (scale === 1) optimizer.step(grads, learningRate);
  else if (optimizer.scalesGradients) optimizer.step(grads, learningRate, scale);
  else {
    const scaled = new Map([...grads].map(([name, grad]) => [name, mul(grad, scale)]));
    optimizer.step(scaled, learningRate);
    dispose([...scaled.values()]);
  }
}

/** Weighted mean of loss and gradients over the micro-batches. */
function accumulate<Batch>(options: StepOptions<Batch>): { loss: Scalar; grads: Map<string, Tensor> } {
  const { parameters, loss, weight = () => 1, batches, random, precision = "float32" } = options;
  const total = batches.reduce((sum, batch) => sum + weight(batch), 0);
  if (!(total > 0)) throw new Error("trainStep: none of the targets counts; are all labels masked?");
  let sum: Scalar | undefined;
  const grads = new Map<string, Tensor>();
  for (const [i, batch] of batches.entries()) {
    const share = weight(batch) / total;
    if (share === 0) continue;
    const scaled = (): Scalar => (share === 1 ? loss(batch) : mul(loss(batch), share));
    const { value, grads: own } = withRandom(random.fork("micro-batch", i), () =>
      withPrecision(precision, () => valueAndGrads(scaled, parameters)),
    );
    sum = replaceSum(sum, value) as Scalar;
    for (const [name, grad] of own) grads.set(name, replaceSum(grads.get(name), grad));
  }
  return { loss: sum as Scalar, grads };
}

/** `sum + term`, taking over both. */
function replaceSum(sum: Tensor | undefined, term: Tensor): Tensor {
  if (!sum) return term;
  const next = tidy(() => add(sum, term));
  dispose([sum, term]);
  return next;
}
