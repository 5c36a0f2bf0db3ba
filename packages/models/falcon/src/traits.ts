// Falcon's details in words.

import { describeHeads, type ModelTraits } from "@llm/model-config";
import { type FalconConfig, resolveConfig } from "./config.js";

/** The line of each detail in a side-by-side table. */
export function falconTraits(config: FalconConfig): ModelTraits {
  const c = resolveConfig(config);
  return {
    tokenizer: `byte-level BPE, ${c.vocabSize} tokens`,
    position: `rotary, base ${c.ropeBase}`,
    norm: `LayerNorm (eps ${c.normEps.toExponential()}) before the branches`,
    activation: `GELU, hidden ${c.hiddenDim}`,
    attention: describeHeads(c),
    block: `attention ∥ feed-forward, ${c.norms === "shared" ? "one norm for both" : "a norm each"}`,
    objective: "causal language model",
  };
}
