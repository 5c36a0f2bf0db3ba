// GLM: blanks of a text, filled in from left to right.

import { infillBlanks, tokensToInfill } from "@llm/blank-infilling";
import { causalLmLoss } from "@llm/causal-lm";
import {
  chatglmKind,
  GLM,
  glmFromHuggingFace,
  glmFromHuggingFaceConfig,
  glmToHuggingFace,
  glmToHuggingFaceConfig,
} from "@llm/chatglm";
import { batchTensors, objectiveBatch, type SequenceBatch, targetCount } from "@llm/objective";
import { type Scalar, tidy } from "@tensorflow/tfjs-core";
import { sizesOf } from "./decoders.js";
import { type Family, family, type SpecialIds, type Task, type TaskOptions } from "./family.js";

const [MASK, GMASK, START, END] = ["[MASK]", "[gMASK]", "<sop>", "<eop>"];

const tokensOf = (special: SpecialIds): { mask: number; gmask: number; start: number; end: number } => ({
  ...{ mask: special.get(MASK) as number, gmask: special.get(GMASK) as number },
  ...{ start: special.get(START) as number, end: special.get(END) as number },
});

export const chatglm: Family = family<GLM>({
  name: "chatglm",
  specialTokens: [MASK, GMASK, START, END],
  packing: "first-fit",
  owns: (json) => json.model_type === "chatglm" && chatglmKind(json) === "glm",
  architecture: (config, vocabSize, special) =>
    glmToHuggingFaceConfig({ ...sizesOf(config, vocabSize), tied: config.tied, tokens: tokensOf(special) }),
  create: (json, random) => new GLM(glmFromHuggingFaceConfig(json), random),
  toHuggingFace: (state, json) => glmToHuggingFace(state, glmFromHuggingFaceConfig(json)),
  fromHuggingFace: (state, json) => glmFromHuggingFace(state, glmFromHuggingFaceConfig(json)),
  task: blankInfilling,
  // A long blank at the end is what a text that goes on looks like.
  writer: (model, ids) => {
    const { gmask, start, end } = model.config.tokens;
    return { model, prompt: [...ids, gmask, start], stop: [end] };
  },
});

function blankInfilling(model: GLM, { context, seed, zLoss = 0 }: TaskOptions): Task<SequenceBatch> {
  const { mask, gmask, start, end } = model.config.tokens;
  const blanks = { maskId: mask, documentMaskId: gmask, startId: start, endId: end };
  return {
    objective: "autoregressive blank infilling",
    textLength: tokensToInfill(context),
    next: false,
    batch: ({ rows, step, firstRow }) =>
      objectiveBatch((ids, random) => infillBlanks(ids, { ...blanks, random }), rows, {
        ...{ seed, step, firstRow, length: context, padId: end },
      }),
    loss: (batch) =>
      tidy(() => {
        const { ids_BT, targets_BT, positions_BT, blockPositions_BT, mask } = batchTensors(batch);
        const options = { mask, positions: positions_BT, blockPositions: blockPositions_BT };
        return causalLmLoss(model.forward(ids_BT, options), targets_BT, {
          zLoss: model.training ? zLoss : 0,
        }) as Scalar;
      }),
    weight: targetCount,
  };
}
