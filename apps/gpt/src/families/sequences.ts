// Sequences of an objective that says who sees whom: what decoders learn other than the next token of everything.

import { causalLmLoss } from "@llm/causal-lm";
import {
  batchTensors,
  type Objective,
  objectiveBatch,
  type Sequence,
  type SequenceBatch,
  targetCount,
} from "@llm/objective";
import { type Scalar, tensor, tidy } from "@tensorflow/tfjs-core";
import type { LanguageModel, Task, TaskOptions, Writer } from "./family.js";

/** What differs between objectives. */
export interface SequenceObjective extends Pick<Task, "objective" | "textLength"> {
  example: Objective<Sequence>;
  /** Whether the example needs the token behind the text too. Default false. */
  next?: boolean;
  padId: number;
}

/** The task of predicting targets from what each position sees. */
export function sequenceTask(
  model: LanguageModel,
  { context, seed, zLoss = 0 }: TaskOptions,
  { objective, textLength, example, next = false, padId }: SequenceObjective,
): Task<SequenceBatch> {
  return {
    objective,
    textLength,
    next,
    batch: ({ rows, step, firstRow }) =>
      objectiveBatch(example, rows, { seed, step, firstRow, length: context, padId }),
    loss: (batch) =>
      tidy(() => {
        const { ids_BT, targets_BT, mask } = batchTensors(batch);
        return causalLmLoss(model.forward(ids_BT, { mask }), targets_BT, {
          zLoss: model.training ? zLoss : 0,
        }) as Scalar;
      }),
    weight: targetCount,
  };
}

/**
 * Continues a prompt whose beginning is read in both directions.
 *
 * @param given tokens of the prompt that are; default all
 */
export function prefixWriter(
  model: LanguageModel,
  prompt: readonly number[],
  { given = prompt.length, stop = [] }: { given?: number; stop?: number[] } = {},
): Writer {
  const { maxLength, vocabSize } = model;
  const forward: LanguageModel["forward"] = (ids_BT, options) => {
    if ((options?.cache?.length ?? 0) > 0) return model.forward(ids_BT, options);
    const length = Math.min(given, ids_BT.shape[1] as number);
    return tidy(() => model.forward(ids_BT, { ...options, prefix: tensor([length], [1], "int32") }));
  };
  return {
    model: { maxLength, vocabSize, forward, createCache: () => model.createCache() },
    prompt: [...prompt],
    stop,
  };
}
