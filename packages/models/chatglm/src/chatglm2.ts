// ChatGLM2 and ChatGLM3: LLaMA with two key/value heads, biases on queries, keys and values, and half of a head rotated.
//
//   x = E[ids],  x = block_i(x) for each layer,  logits = norm(x)·Wᵀ
//
// Source: config.json and modeling_chatglm.py of https://huggingface.co/THUDM/chatglm2-6b. Features rotate in pairs of
// neighbours, as in Meta's LLaMA. Initialization: normal with σ = 0.02, the projections that write to the residual
// stream with σ/√(2L).
// Shapes: B batch, T time, D model dim, V vocabulary.

import type { SelfAttentionOptions } from "@llm/attention";
import { Decoder, throughLayers } from "@llm/decoder";
import { Embedding } from "@llm/embedding";
import { GLU } from "@llm/glu";
import { GroupedQueryAttention } from "@llm/gqa";
import { Linear, linear } from "@llm/linear";
import { Random } from "@llm/random";
import { RMSNorm } from "@llm/rmsnorm";
import { Rope } from "@llm/rope";
import { TransformerBlock } from "@llm/transformer-block";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type ChatGLM2Config, resolveChatGLM2Config } from "./chatglm2-config.js";

const STD = 0.02;

/** A ChatGLM2 language model; see `chatglm2Presets` for the published sizes. */
export class ChatGLM2 extends Decoder<Required<ChatGLM2Config>> {
  embedTokens: Embedding;
  layers: TransformerBlock<SelfAttentionOptions>[];
  norm: RMSNorm;
  /** Absent when tied. */
  lmHead?: Linear;
  /** Shared by all layers; holds no parameters. */
  readonly rope: Rope;

  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error as `resolveChatGLM2Config`
   */
  constructor(config: ChatGLM2Config, random: Random = new Random(0)) {
    super(resolveChatGLM2Config(config));
    const { vocabSize, maxLength, dim, headDim, layers, ropeBase, normEps, tied } = this.config;
    this.rope = new Rope({ headDim, rotaryDim: headDim / 2, maxLength, base: ropeBase, layout: "interleaved" });
    this.embedTokens = new Embedding({ vocabSize, dim, std: STD, random: random.fork("embed_tokens") });
    this.layers = Array.from({ length: layers }, (_, i) => block(this.config, this.rope, random.fork("layers", i)));
    this.norm = new RMSNorm({ dim, eps: normEps });
    if (tied) return;
    this.lmHead = new Linear({ inDim: dim, outDim: vocabSize, bias: false, std: STD, random: random.fork("lm_head") });
  }

  protected hidden(ids_BT: Tensor, options: SelfAttentionOptions): Tensor {
    return this.norm.forward(throughLayers(this.layers, this.embedTokens.forward(ids_BT), options));
  }

  protected head(hidden_BTD: Tensor): Tensor {
    return this.lmHead ? this.lmHead.forward(hidden_BTD) : linear(hidden_BTD, this.embedTokens.weight);
  }

  /** Frees all parameters and the table of rotations. */
  override dispose(): void {
    super.dispose();
    this.rope.dispose();
  }
}

function block(config: Required<ChatGLM2Config>, rope: Rope, random: Random): TransformerBlock<SelfAttentionOptions> {
  const { dim, heads, kvHeads, headDim, hiddenDim, layers, normEps } = config;
  const init = { std: STD, projectionStd: STD / Math.sqrt(2 * layers) };
  const attention = { dim, heads, kvHeads, headDim, position: rope, ...init };
  return new TransformerBlock<SelfAttentionOptions>({
    inputLayernorm: new RMSNorm({ dim, eps: normEps }),
    selfAttn: new GroupedQueryAttention({
      ...attention,
      bias: { q: true, k: true, v: true },
      random: random.fork("self_attn"),
    }),
    postAttentionLayernorm: new RMSNorm({ dim, eps: normEps }),
    mlp: new GLU({ dim, hiddenDim, ...init, random: random.fork("mlp") }),
  });
}
