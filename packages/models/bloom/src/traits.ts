// BLOOM's details in words.

import { describeHeads, type ModelTraits } from "@llm/model-config";
import { type BloomConfig, resolveConfig } from "./config.js";

/** The line of each detail in a side-by-side table. */
export function bloomTraits(config: BloomConfig): ModelTraits {
  const c = resolveConfig(config);
  return {
    tokenizer: `byte-level BPE, ${c.vocabSize} tokens`,
    position: "ALiBi",
    norm: `LayerNorm (eps ${c.normEps.toExponential()}) before each branch and on the embeddings`,
    activation: `GELU (tanh), hidden ${c.hiddenDim}`,
    attention: describeHeads({ heads: c.heads, headDim: c.dim / c.heads }),
    block: "attention, then feed-forward",
    objective: "causal language model",
  };
}
