// T5's details in words.

import { describeHeads, type ModelTraits } from "@llm/model-config";
import { resolveConfig, type T5Config } from "./config.js";

/** The line of each detail in a side-by-side table. */
export function t5Traits(config: T5Config): ModelTraits {
  const c = resolveConfig(config);
  return {
    tokenizer: `SentencePiece unigram, ${c.vocabSize} tokens`,
    position: `relative bias, ${c.buckets} buckets up to ${c.maxDistance}`,
    norm: `RMSNorm (eps ${c.normEps.toExponential()}) before each branch`,
    activation: `${c.feedForward === "relu" ? "ReLU" : "GeGLU (tanh)"}, hidden ${c.hiddenDim}`,
    attention: `${describeHeads(c)}, unscaled`,
    block: "encoder and decoder: attention, cross-attention, then feed-forward",
    objective: "span corruption",
  };
}
