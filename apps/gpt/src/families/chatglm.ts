// GLM: blanks of a text, filled in from left to right.

import { infillBlanks, tokensToInfill } from "@llm/blank-infilling";
import { causalLmLoss } from "@llm/causal-lm";
import {
  chatglmKind,
  GLM,
  type GLMTokens,
  glmFromHuggingFace,
  glmFromHuggingFaceConfig,
  glmToHuggingFace,
  glmToHuggingFaceConfig,
} from "@llm/chatglm";
import { batchTensors, objectiveBatch, type SequenceBatch, targetCount } from "@llm/objective";
import { type Scalar, tidy } from "@tensorflow/tfjs-core";
import { causal } from "./causal.js";
import { sizesOf } from "./decoders.js";
import {
  type Family,
  family,
  type LanguageModel,
  type Learning,
  type SpecialIds,
  type Task,
  type TaskOptions,
  type Writer,
} from "./family.js";
import { prefix } from "./prefix.js";
import { sentenceStarts } from "./text-starts.js";

const [MASK, GMASK, SMASK, START, END] = ["[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>"] as const;

function tokensOf(special: SpecialIds): GLMTokens {
  const [mask, gmask, start, end] = [MASK, GMASK, START, END].map((name) => special.get(name) as number);
  const smask = special.get(SMASK);
  return { mask, gmask, start, end, ...(smask !== undefined && { smask }) } as GLMTokens;
}

const specialTokens = [MASK, GMASK, START, END];

/** GLM reads these tokens wherever they stand, so its vocabulary has them by any objective. */
const withTokens = (learning: Learning<LanguageModel>): Learning<GLM> => ({ ...learning, specialTokens });

// A blank at the end is what a text that goes on looks like.
const writer = (model: GLM, ids: readonly number[]): Writer => {
  const { gmask, smask = gmask, start, end } = model.config.tokens;
  return { model, prompt: [...ids, smask, start], stop: [end] };
};

export const chatglm: Family = family<GLM>({
  name: "chatglm",
  objectives: [
    {
      name: "blank-infilling",
      specialTokens,
      writer,
      task: (model, options) => infilling(model, options, "documents"),
    },
    {
      ...{ name: "sentence-infilling", specialTokens: [...specialTokens, SMASK], writer },
      task: (model, options) => infilling(model, options, "sentences"),
    },
    withTokens(causal),
    withTokens(prefix),
  ],
  packing: "first-fit",
  owns: (json) => json.model_type === "chatglm" && chatglmKind(json) === "glm",
  architecture: (config, vocabSize, special) =>
    glmToHuggingFaceConfig({ ...sizesOf(config, vocabSize), tied: config.tied, tokens: tokensOf(special) }),
  create: (json, random) => new GLM(glmFromHuggingFaceConfig(json), random),
  toHuggingFace: (state, json) => glmToHuggingFace(state, glmFromHuggingFaceConfig(json)),
  fromHuggingFace: (state, json) => glmFromHuggingFace(state, glmFromHuggingFaceConfig(json)),
});

/** Short blanks, and as often long ones: the end of the text (the paper's GLM_Doc), or whole sentences (GLM_Sent). */
function infilling(
  model: GLM,
  { tokenizer, context, seed, zLoss = 0 }: TaskOptions,
  long: "documents" | "sentences",
): Task<SequenceBatch> {
  const { mask, gmask, smask, start, end } = model.config.tokens;
  const tokens = { maskId: mask, documentMaskId: gmask, sentenceMaskId: smask, startId: start, endId: end };
  const share = long === "sentences" ? { sentenceShare: 0.5 } : { documentShare: 0.5 };
  const starts = long === "sentences" ? sentenceStarts(tokenizer) : undefined;
  return {
    objective: `autoregressive blank infilling, ${long}`,
    textLength: tokensToInfill(context),
    next: false,
    batch: ({ rows, step, firstRow }) =>
      objectiveBatch(
        (ids, random) => infillBlanks(ids, { ...tokens, ...share, sentenceStarts: starts?.(ids), random }),
        rows,
        { seed, step, firstRow, length: context, padId: end },
      ),
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
