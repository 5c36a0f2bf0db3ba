// The next token, of every token: decoders.

import { causalLmLoss } from "@llm/causal-lm";
import { type Scalar, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { bytesOfTokens, maskSpecial, sumBytes } from "../run/token-bytes.js";
import type { LanguageModel, Learning, Rows, Task, TaskOptions, Writer } from "./family.js";

interface NextTokens {
  inputs: Int32Array;
  targets: Int32Array;
  rows: number;
  context: number;
}

/** Causal language modelling. */
export const causal: Learning<LanguageModel> = {
  name: "causal",
  specialTokens: [],
  task: causalTask,
  writer: causalWriter,
};

function causalTask(model: LanguageModel, { tokenizer, context, zLoss = 0 }: TaskOptions): Task<NextTokens> {
  const bytes = bytesOfTokens(tokenizer);
  return {
    objective: "causal language model",
    textLength: context,
    next: true,
    batch: ({ rows }: Rows) => nextTokens(rows, context),
    loss: ({ inputs, targets, rows }) =>
      tidy(() => {
        const logits = model.forward(tensor2d(inputs, [rows, context], "int32"));
        const labels = tensor2d(targets, [rows, context], "int32");
        return causalLmLoss(logits, labels, { zLoss: model.training ? zLoss : 0 }) as Scalar;
      }),
    weight: ({ targets }) => targets.reduce((n, target) => n + (target >= 0 ? 1 : 0), 0),
    scored: (batch) => {
      const targets = maskSpecial(batch.targets, bytes);
      return { batch: { ...batch, targets }, bytes: sumBytes(targets, bytes) };
    },
  };
}

/** Rows of `context + 1` tokens, or of fewer at the end of a text, whose rest is asked nothing. */
function nextTokens(rows: readonly Int32Array[], context: number): NextTokens {
  const inputs = new Int32Array(rows.length * context);
  const targets = new Int32Array(rows.length * context).fill(-100);
  rows.forEach((row, i) => {
    inputs.set(row.subarray(0, -1), i * context);
    targets.set(row.subarray(1), i * context);
  });
  return { inputs, targets, rows: rows.length, context };
}

/** The model itself continues the prompt. */
function causalWriter(model: LanguageModel, ids: readonly number[]): Writer {
  return { model, prompt: [...ids], stop: [] };
}
