// GPT-2's details in words.

import { describeHeads, type ModelTraits } from "@llm/model-config";
import { type GPT2Config, resolveConfig } from "./config.js";

/** The line of each detail in a side-by-side table. */
export function gpt2Traits(config: GPT2Config): ModelTraits {
  const c = resolveConfig(config);
  return {
    tokenizer: `byte-level BPE, ${c.vocabSize} tokens`,
    position: `learned, ${c.maxLength} positions`,
    norm: `LayerNorm (eps ${c.normEps.toExponential()}) before each branch`,
    activation: `GELU (tanh), hidden ${c.hiddenDim}`,
    attention: describeHeads({ heads: c.heads, headDim: c.dim / c.heads }),
    block: "attention, then feed-forward",
    objective: "causal language model",
  };
}
