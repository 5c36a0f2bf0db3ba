// BERT's details in words.

import { describeHeads, type ModelTraits } from "@llm/model-config";
import { type BertConfig, resolveConfig } from "./config.js";

/** The line of each detail in a side-by-side table. */
export function bertTraits(config: BertConfig): ModelTraits {
  const c = resolveConfig(config);
  return {
    tokenizer: `WordPiece, ${c.vocabSize} tokens`,
    position: `learned, ${c.maxLength} positions`,
    norm: `LayerNorm (eps ${c.normEps.toExponential()}) after each branch and on the embeddings`,
    activation: `GELU, hidden ${c.hiddenDim}`,
    attention: `${describeHeads({ heads: c.heads, headDim: c.dim / c.heads })}, both directions`,
    block: "attention, then feed-forward",
    objective: "masked language model",
  };
}
