// The first Transformer's details in words.

import { describeHeads, type ModelTraits } from "@llm/model-config";
import { resolveConfig, type TransformerConfig } from "./config.js";

/** The line of each detail in a side-by-side table. */
export function transformerTraits(config: TransformerConfig): ModelTraits {
  const c = resolveConfig(config);
  return {
    tokenizer: `BPE, ${c.vocabSize} tokens for both languages`,
    position: "sinusoidal",
    norm: `LayerNorm (eps ${c.normEps.toExponential()}) after each branch`,
    activation: `ReLU, hidden ${c.hiddenDim}`,
    attention: describeHeads({ heads: c.heads, headDim: c.dim / c.heads }),
    block: "encoder and decoder: attention, cross-attention, then feed-forward",
    objective: "translation, teacher forcing",
  };
}
