// BERT: an encoder that sees the text in both directions.
//
//   x = norm(E[ids] + P + S[types]),  x = norm(x + attention(x)),  x = norm(x + mlp(x)) for each layer
//   pooled = tanh(W·x₀ + b)
//
// Source: Devlin et al., "BERT", arXiv:1810.04805. Initialization: normal with σ = 0.02, biases zero.
// Shapes: B batch, T time, D model dim.

import { MultiHeadAttention, type SelfAttentionOptions } from "@llm/attention";
import { throughLayers } from "@llm/decoder";
import { Dropout } from "@llm/dropout";
import { Embedding } from "@llm/embedding";
import { LayerNorm } from "@llm/layernorm";
import { LearnedPosition } from "@llm/learned-position";
import { Linear } from "@llm/linear";
import { MLP } from "@llm/mlp";
import { checkIds } from "@llm/model-config";
import { Module } from "@llm/module";
import { registerGradients } from "@llm/ops";
import { Random } from "@llm/random";
import { TransformerBlock } from "@llm/transformer-block";
import { add, reshape, slice, type Tensor, tanh, tidy, zerosLike } from "@tensorflow/tfjs-core";
import { type BertConfig, resolveConfig } from "./config.js";

/** Standard deviation of the initial weights. */
export const STD = 0.02;

/** What a forward pass may be told. */
export interface BertForwardOptions {
  /** int32 [B, T]: 0 in the first sentence, 1 in the second. Default 0. */
  types?: Tensor;
  /** int32 [B]: positions at or beyond their sequence's length are padding, which nobody sees. */
  lengths?: Tensor;
  /** Default "none": all see all. A tensor is boolean and broadcasts to [B, heads, T, T], true = may attend. */
  mask?: "none" | Tensor;
}

/** BERT below any head; see `bertPresets` for the published sizes. */
export class Bert extends Module {
  readonly config: Required<BertConfig>;
  embedTokens: Embedding;
  embedPositions: LearnedPosition;
  embedTypes: Embedding;
  embedNorm: LayerNorm;
  dropout: Dropout;
  layers: TransformerBlock<SelfAttentionOptions>[];
  /** Absent where nothing stands for the whole text. */
  pooler?: Linear;

  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @param options `pooler` (default true): whether there is a vector for the whole text
   * @throws Error when a size is not a positive whole number, or `heads` does not divide `dim`
   */
  constructor(config: BertConfig, random: Random = new Random(0), { pooler = true }: { pooler?: boolean } = {}) {
    super();
    this.config = resolveConfig(config);
    const { vocabSize, maxLength, types, dim, layers, dropout, normEps } = this.config;
    const table = (name: string): { dim: number; std: number; random: Random } => ({
      ...{ dim, std: STD },
      random: random.fork(name),
    });
    this.embedTokens = new Embedding({ vocabSize, ...table("embed_tokens") });
    this.embedPositions = new LearnedPosition({ maxLength, ...table("embed_positions") });
    this.embedTypes = new Embedding({ vocabSize: types, ...table("embed_types") });
    this.embedNorm = new LayerNorm({ dim, eps: normEps });
    this.dropout = new Dropout({ rate: dropout });
    this.layers = Array.from({ length: layers }, (_, i) => block(this.config, random.fork("layers", i)));
    if (pooler) this.pooler = new Linear({ inDim: dim, outDim: dim, std: STD, random: random.fork("pooler") });
  }

  /** The longest sequence. */
  get maxLength(): number {
    return this.config.maxLength;
  }

  get vocabSize(): number {
    return this.config.vocabSize;
  }

  /**
   * A vector for each position.
   *
   * @param ids_BT int32 [B, T]
   * @returns [B, T, D]
   * @throws Error when ids are not int32 [B, T], not in the vocabulary, or longer than `maxLength`
   */
  forward(ids_BT: Tensor, { types, lengths, mask = "none" }: BertForwardOptions = {}): Tensor {
    checkIds("Bert", ids_BT, { maxLength: this.maxLength });
    registerGradients();
    return tidy(() => {
      const positions_TD = this.embedPositions.forward(ids_BT.shape[1] as number);
      const tokens_BTD = add(this.embedTokens.forward(ids_BT), positions_TD);
      const embedded_BTD = add(tokens_BTD, this.embedTypes.forward(types ?? zerosLike(ids_BT)));
      const x_BTD = this.dropout.forward(this.embedNorm.forward(embedded_BTD));
      return throughLayers(this.layers, x_BTD, { mask, lengths });
    });
  }

  /**
   * A vector for the whole text, from that of its first token.
   *
   * @param hidden_BTD from `forward`
   * @returns [B, D]
   * @throws Error when the model was made without a pooler
   */
  pool(hidden_BTD: Tensor): Tensor {
    const { pooler } = this;
    if (!pooler) throw new Error("Bert: this model has no pooler; make it with { pooler: true }");
    const [b, , dim] = hidden_BTD.shape as [number, number, number];
    return tidy(() => tanh(pooler.forward(reshape(slice(hidden_BTD, [0, 0, 0], [b, 1, dim]), [b, dim]))));
  }
}

function block(config: Required<BertConfig>, random: Random): TransformerBlock<SelfAttentionOptions> {
  const { dim, heads, hiddenDim, dropout, normEps } = config;
  const norm = (): LayerNorm => new LayerNorm({ dim, eps: normEps });
  return new TransformerBlock<SelfAttentionOptions>({
    inputLayernorm: norm(),
    selfAttn: new MultiHeadAttention({ dim, heads, dropout, std: STD, random: random.fork("self_attn") }),
    postAttentionLayernorm: norm(),
    mlp: new MLP({ dim, hiddenDim, activation: "gelu", std: STD, random: random.fork("mlp") }),
    residual: "post",
    dropout,
  });
}
