// T5: an encoder reads, a decoder writes; spans that were taken out, or what follows.

import { causalLmLoss } from "@llm/causal-lm";
import { batchTensors, type Objective, objectiveBatch, type Pair, type PairBatch, targetCount } from "@llm/objective";
import { prefixPair } from "@llm/prefix-lm";
import { fromHuggingFace, fromHuggingFaceConfig, T5, toHuggingFace, toHuggingFaceConfig } from "@llm/t5";
import { type Scalar, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { sizesOf } from "./decoders.js";
import { corruption, type Denoising, idsOf, inputsToContinue, longestText, spanCorruption, ul2 } from "./denoising.js";
import { type Family, family, type Learning, type Task, type TaskOptions, type Writer } from "./family.js";

const prefix: Learning<T5> = {
  name: "prefix",
  specialTokens: spanCorruption.specialTokens,
  task: (model, options) => {
    const { context, special } = options;
    const { startId } = idsOf(special);
    return pairTask(model, options, {
      objective: "prefix language model",
      textLength: context,
      decoderLength: context,
      // Nothing follows a text of one token, which the end of held-out text may be.
      example: (ids, random) => prefixPair(ids.length < 2 ? [startId, ...Array.from(ids)] : ids, { random, startId }),
    });
  },
  writer: (model, ids, special) => {
    const { startId, endId } = idsOf(special);
    return decoderWriter(model, ids, { prompt: [startId], stop: [endId] });
  },
};

export const t5: Family = family<T5>({
  name: "t5",
  objectives: [denoisingOf(spanCorruption), denoisingOf(ul2), prefix],
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
});

function denoisingOf(denoising: Denoising): Learning<T5> {
  const { name, objective, specialTokens } = denoising;
  return {
    name,
    specialTokens,
    task: (model, options) => {
      const { context, special } = options;
      const fits = (inputs: number, targets: number): boolean => inputs <= context && targets <= context;
      const { tokens, targets } = longestText(denoising, context, fits);
      const example = corruption(denoising, special);
      return pairTask(model, options, { objective, textLength: tokens, decoderLength: targets, example });
    },
    // What follows the prompt is a span that was taken out at its end.
    writer: (model, ids, special) => {
      const { startId, endId, first } = idsOf(special);
      const source = inputsToContinue(denoising, ids, special);
      return decoderWriter(model, source, { prompt: [startId, first], stop: [endId, first - 1] });
    },
  };
}

function decoderWriter(
  model: T5,
  source: readonly number[],
  { prompt, stop }: Pick<Writer, "prompt" | "stop">,
): Writer {
  const read = source.slice(-model.maxLength);
  const source_1S = tensor2d([read], [1, read.length], "int32");
  const decoder = model.decoderOf(source_1S);
  source_1S.dispose();
  return { model: decoder, prompt, stop, dispose: () => decoder.dispose() };
}

interface PairObjective extends Pick<Task, "objective" | "textLength"> {
  example: Objective<Pair>;
  decoderLength: number;
}

function pairTask(
  model: T5,
  { special, context, seed, zLoss = 0 }: TaskOptions,
  { objective, textLength, decoderLength, example }: PairObjective,
): Task<PairBatch> {
  const { startId: padId } = idsOf(special);
  return {
    objective,
    textLength,
    next: false,
    batch: ({ rows, step, firstRow }) =>
      objectiveBatch(example, rows, { seed, step, firstRow, length: context, decoderLength, padId }),
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
