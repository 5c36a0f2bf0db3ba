// LLaMA's details in words.

import { describeHeads, type ModelTraits } from "@llm/model-config";
import { type LlamaConfig, resolveConfig } from "./config.js";

/** The line of each detail in a side-by-side table. */
export function llamaTraits(config: LlamaConfig): ModelTraits {
  const c = resolveConfig(config);
  // No config.json names the tokenizer; LLaMA 3 changed it together with the size.
  const tokenizer = c.vocabSize > 100_000 ? "byte-level BPE" : "SentencePiece BPE";
  const scaling = c.ropeScaling ? `, ${c.ropeScaling.kind} scaling` : "";
  return {
    tokenizer: `${tokenizer}, ${c.vocabSize} tokens`,
    position: `rotary, base ${c.ropeBase}${scaling}`,
    norm: `RMSNorm (eps ${c.normEps.toExponential()}) before each branch`,
    activation: `SwiGLU, hidden ${c.hiddenDim}`,
    attention: describeHeads(c),
    block: "attention, then feed-forward",
    objective: "causal language model",
  };
}
