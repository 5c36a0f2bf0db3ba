// GPT-2: token and position embeddings, pre-norm blocks, a norm, and the token embedding again as the head.
//
//   x = E[ids] + P[offset …],  x = block_i(x) for each layer,  logits = norm(x)·Eᵀ
//
// Source: Radford et al., "Language models are unsupervised multitask learners", 2019. Initialization as there:
// normal with σ = 0.02, the projections that write to the residual stream with σ/√(2L), biases zero. (OpenAI's
// positions begin at 0.01; 0.02 is Hugging Face's and nanoGPT's.)
// Parameters are named as the house names them, as in Llama; huggingface.ts has the map to GPT-2's own names.
// Shapes: B batch, T time, D model dim, V vocabulary.

import { MultiHeadAttention, type SelfAttentionOptions } from "@llm/attention";
import { Decoder, throughLayers } from "@llm/decoder";
import { Dropout } from "@llm/dropout";
import { Embedding } from "@llm/embedding";
import { LayerNorm } from "@llm/layernorm";
import { LearnedPosition } from "@llm/learned-position";
import { linear } from "@llm/linear";
import { MLP } from "@llm/mlp";
import { Random } from "@llm/random";
import { TransformerBlock } from "@llm/transformer-block";
import { add, type Tensor } from "@tensorflow/tfjs-core";
import { type GPT2Config, resolveConfig } from "./config.js";

const STD = 0.02;

/** A GPT-2 language model; see `gpt2Presets` for the published sizes. */
export class GPT2 extends Decoder<Required<GPT2Config>> {
  embedTokens: Embedding;
  embedPositions: LearnedPosition;
  dropout: Dropout;
  layers: TransformerBlock<SelfAttentionOptions>[];
  norm: LayerNorm;

  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error when a size is not a positive whole number, or `heads` does not divide `dim`
   */
  constructor(config: GPT2Config, random: Random = new Random(0)) {
    super(resolveConfig(config));
    const { vocabSize, maxLength, dim, layers, bias, dropout, normEps } = this.config;
    this.embedTokens = new Embedding({ vocabSize, dim, std: STD, random: random.fork("embed_tokens") });
    this.embedPositions = new LearnedPosition({ maxLength, dim, std: STD, random: random.fork("embed_positions") });
    this.dropout = new Dropout({ rate: dropout });
    this.layers = Array.from({ length: layers }, (_, i) => block(this.config, random.fork("layers", i)));
    this.norm = new LayerNorm({ dim, bias, eps: normEps });
  }

  protected hidden(ids_BT: Tensor, options: SelfAttentionOptions): Tensor {
    const positions_TD = this.embedPositions.forward(ids_BT.shape[1] as number, options.cache?.length);
    const embedded = this.dropout.forward(add(this.embedTokens.forward(ids_BT), positions_TD));
    return this.norm.forward(throughLayers(this.layers, embedded, options));
  }

  protected head(hidden_BTD: Tensor): Tensor {
    return linear(hidden_BTD, this.embedTokens.weight);
  }
}

function block(config: Required<GPT2Config>, random: Random): TransformerBlock<SelfAttentionOptions> {
  const { dim, heads, hiddenDim, layers, bias, dropout, normEps } = config;
  const init = { std: STD, projectionStd: STD / Math.sqrt(2 * layers) };
  const norm = (): LayerNorm => new LayerNorm({ dim, bias, eps: normEps });
  return new TransformerBlock<SelfAttentionOptions>({
    inputLayernorm: norm(),
    selfAttn: new MultiHeadAttention({ dim, heads, bias, dropout, ...init, random: random.fork("self_attn") }),
    postAttentionLayernorm: norm(),
    mlp: new MLP({ dim, hiddenDim, bias, ...init, random: random.fork("mlp") }),
    dropout,
  });
}
