// T5: spans of a text, spelled out by the decoder.

import { causalLmLoss } from "@llm/causal-lm";
import { batchTensors, objectiveBatch, type PairBatch, targetCount } from "@llm/objective";
import { corruptedLengths, corruptSpans, tokensToFill } from "@llm/span-corruption";
import { fromHuggingFace, fromHuggingFaceConfig, T5, toHuggingFace, toHuggingFaceConfig } from "@llm/t5";
import { type Scalar, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { sizesOf } from "./decoders.js";
import { type Family, family, type SpecialIds, type Task, type TaskOptions } from "./family.js";

const SENTINELS = 100;
const [PAD, END] = ["<pad>", "</s>"];
const sentinel = (i: number): string => `<extra_id_${i}>`;

/** As T5 has them, `<extra_id_0>` last. */
const specialTokens = [PAD, END, ...Array.from({ length: SENTINELS }, (_, i) => sentinel(SENTINELS - 1 - i))];

const idsOf = (special: SpecialIds): { startId: number; endId: number; first: number } => ({
  ...{ startId: special.get(PAD) as number, endId: special.get(END) as number },
  first: special.get(sentinel(0)) as number,
});

export const t5: Family = family<T5>({
  name: "t5",
  specialTokens,
  owns: ({ model_type }) => model_type === "t5",
  architecture: (config, vocabSize, special) => {
    const { dim, heads, dropout, tied } = config;
    const { startId, endId } = idsOf(special);
    const sizes = { ...sizesOf(config, vocabSize), headDim: Math.ceil(dim / heads) };
    return {
      ...toHuggingFaceConfig({ ...sizes, dropout, tied }),
      ...{ decoder_start_token_id: startId, pad_token_id: startId, eos_token_id: endId },
    };
  },
  create: (json, random) => new T5(fromHuggingFaceConfig(json), random),
  toHuggingFace: (state, json) => toHuggingFace(state, fromHuggingFaceConfig(json)),
  fromHuggingFace: (state, json) => fromHuggingFace(state, fromHuggingFaceConfig(json)),
  task: spanCorruption,
  // What follows the prompt is a span that was taken out at its end.
  writer: (model, ids, special) => {
    const { startId, endId, first } = idsOf(special);
    const source = [...ids, first, endId].slice(-model.maxLength);
    const source_1S = tensor2d([source], [1, source.length], "int32");
    const decoder = model.decoderOf(source_1S);
    source_1S.dispose();
    return { model: decoder, prompt: [startId, first], stop: [endId, first - 1], dispose: () => decoder.dispose() };
  },
});

function spanCorruption(model: T5, { special, context, seed, zLoss = 0 }: TaskOptions): Task<PairBatch> {
  const { startId, endId, first } = idsOf(special);
  const { tokens } = tokensToFill({ inputs: context, targets: context });
  const tokenIds = { startId, endId, sentinels: { first, count: SENTINELS } };
  const decoderLength = corruptedLengths(tokens).targets;
  return {
    objective: "span corruption",
    textLength: tokens,
    next: false,
    batch: ({ rows, step, firstRow }) =>
      objectiveBatch((ids, random) => corruptSpans(ids, { ...tokenIds, random }), rows, {
        ...{ seed, step, firstRow, length: context, decoderLength, padId: startId },
      }),
    loss: (batch) =>
      tidy(() => {
        const { encoder, decoder, crossMask } = batchTensors(batch);
        const sourceMask = encoder.mask === "causal" ? "none" : encoder.mask;
        const options = { sourceMask, mask: decoder.mask, crossMask };
        const logits = model.forward(encoder.ids_BT, decoder.ids_BT, options);
        return causalLmLoss(logits, decoder.targets_BT, { zLoss: model.training ? zLoss : 0 }) as Scalar;
      }),
    weight: ({ decoder }) => targetCount(decoder),
  };
}
