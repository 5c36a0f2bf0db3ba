// The details of both architectures in words.

import { describeHeads, type ModelTraits } from "@llm/model-config";
import { type ChatGLM2Config, resolveChatGLM2Config } from "./chatglm2-config.js";
import { type GLMConfig, resolveGLMConfig } from "./glm-config.js";

/** The line of each detail of GLM-130B and ChatGLM-6B in a side-by-side table. */
export function glmTraits(config: GLMConfig): ModelTraits {
  const c = resolveGLMConfig(config);
  return {
    tokenizer: `SentencePiece unigram of text and images (icetk), ${c.vocabSize} tokens`,
    position: `rotary, base ${c.ropeBase}, ${c.positions === "2d" ? "half of a head by text, half by blank" : "one position"}`,
    norm: `LayerNorm (eps ${c.normEps.toExponential()}) before each branch, DeepNorm residual (α = √${2 * c.layers})`,
    activation: `${c.feedForward === "gelu" ? "GELU (tanh)" : "GeGLU"}, hidden ${c.hiddenDim}`,
    attention: describeHeads({ heads: c.heads, headDim: c.dim / c.heads }),
    block: "attention, then feed-forward",
    objective: "autoregressive blank infilling",
  };
}

/** The line of each detail of ChatGLM2 and ChatGLM3 in a side-by-side table. */
export function chatglm2Traits(config: ChatGLM2Config): ModelTraits {
  const c = resolveChatGLM2Config(config);
  return {
    tokenizer: `SentencePiece BPE, ${c.vocabSize} tokens`,
    position: `rotary, base ${c.ropeBase}, the first half of a head, neighbours paired`,
    norm: `RMSNorm (eps ${c.normEps.toExponential()}) before each branch`,
    activation: `SwiGLU, hidden ${c.hiddenDim}`,
    attention: describeHeads(c),
    block: "attention, then feed-forward",
    objective: "causal language model",
  };
}
