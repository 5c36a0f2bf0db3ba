// The beginning of a text is read in both directions, the rest is predicted from left to right.

import { prefixLm } from "@llm/prefix-lm";
import type { LanguageModel, Learning } from "./family.js";
import { prefixWriter, sequenceTask } from "./sequences.js";

/** Prefix language modelling, for decoders. */
export const prefix: Learning<LanguageModel> = {
  name: "prefix",
  specialTokens: [],
  prefix: true,
  task: (model, options) =>
    sequenceTask(model, options, {
      objective: "prefix language model",
      textLength: options.context,
      next: true,
      example: (ids, random) => prefixLm(ids, { random }),
      padId: 0,
    }),
  writer: (model, ids) => prefixWriter(model, ids),
};
