// BERT: hidden words, named from both sides. It does not write.

import { BertForMaskedLM, fromHuggingFace, fromHuggingFaceConfig, toHuggingFace, toHuggingFaceConfig } from "@llm/bert";
import { maskedLmLoss, maskTokens } from "@llm/masked-lm";
import { batchTensors, objectiveBatch, type SequenceBatch, targetCount } from "@llm/objective";
import { type Scalar, tidy } from "@tensorflow/tfjs-core";
import { sizesOf } from "./decoders.js";
import { type Family, family, type Task, type TaskOptions } from "./family.js";
import { wordStarts } from "./text-starts.js";

const MASK = "[MASK]";

export const bert: Family = family<BertForMaskedLM>({
  name: "bert",
  objectives: [
    { name: "masked", specialTokens: [MASK], task: (model, options) => maskedTask(model, options, "tokens") },
    { name: "whole-word-masked", specialTokens: [MASK], task: (model, options) => maskedTask(model, options, "words") },
  ],
  owns: ({ model_type }) => model_type === "bert",
  architecture: (config, vocabSize) => toHuggingFaceConfig({ ...sizesOf(config, vocabSize), dropout: config.dropout }),
  create: (json, random) => new BertForMaskedLM(fromHuggingFaceConfig(json), random),
  toHuggingFace,
  fromHuggingFace,
});

function maskedTask(
  model: BertForMaskedLM,
  { tokenizer, special, context, seed, zLoss = 0 }: TaskOptions,
  hidden: "tokens" | "words",
): Task<SequenceBatch> {
  const maskId = special.get(MASK) as number;
  const { vocabSize } = tokenizer;
  const kept = new Set([...tokenizer.specialTokens.values(), maskId]);
  const starts = hidden === "words" ? wordStarts(tokenizer) : undefined;
  return {
    objective: hidden === "words" ? "masked language model of whole words" : "masked language model",
    textLength: context,
    next: false,
    batch: ({ rows, step, firstRow }) =>
      objectiveBatch(
        (ids, random) => maskTokens(ids, { random, maskId, vocabSize, special: kept, wordStarts: starts?.(ids) }),
        rows,
        { seed, step, firstRow, length: context, padId: maskId },
      ),
    loss: (batch) =>
      tidy(() => {
        const { ids_BT, mask } = batchTensors(batch);
        const hidden_BTD = model.bert.forward(ids_BT, { mask: mask === "causal" ? "none" : mask });
        return maskedLmLoss(hidden_BTD, batch.targets, (hidden_ND) => model.logits(hidden_ND), {
          zLoss: model.training ? zLoss : 0,
        }) as Scalar;
      }),
    weight: targetCount,
  };
}
