// BERT with the head that names hidden words.
//
//   logits = norm(gelu(W·x + b))·Eᵀ + c
//
// Source: Devlin et al., arXiv:1810.04805, §3.1, and BERT's code, which has the extra layer.
// Shapes: B batch, T time, D model dim, V vocabulary.

import { gelu } from "@llm/activations";
import { LayerNorm } from "@llm/layernorm";
import { Linear, linear } from "@llm/linear";
import { Module, parameter } from "@llm/module";
import { Random } from "@llm/random";
import { type Tensor, tidy, type Variable, zeros } from "@tensorflow/tfjs-core";
import { Bert, type BertForwardOptions, STD } from "./bert.js";
import type { BertConfig } from "./config.js";

/** The layer before the tied embedding, and a bias for each word. */
export class MaskedLMHead extends Module {
  dense: Linear;
  norm: LayerNorm;
  bias: Variable;

  constructor({ vocabSize, dim, normEps }: Required<BertConfig>, random: Random) {
    super();
    this.dense = new Linear({ inDim: dim, outDim: dim, std: STD, random: random.fork("dense") });
    this.norm = new LayerNorm({ dim, eps: normEps });
    this.bias = parameter(zeros([vocabSize]));
  }

  /** [..., D], and the embedding [V, D] → [..., V] */
  forward(hidden: Tensor, embedding_VD: Tensor): Tensor {
    return tidy(() => linear(this.norm.forward(gelu(this.dense.forward(hidden))), embedding_VD, this.bias));
  }
}

/** BERT as it is trained: it names the words that are hidden. */
export class BertForMaskedLM extends Module {
  bert: Bert;
  head: MaskedLMHead;

  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error as `Bert`
   */
  constructor(config: BertConfig, random: Random = new Random(0)) {
    super();
    this.bert = new Bert(config, random.fork("bert"), { pooler: false });
    this.head = new MaskedLMHead(this.bert.config, random.fork("head"));
  }

  get config(): Required<BertConfig> {
    return this.bert.config;
  }

  /** The longest sequence. */
  get maxLength(): number {
    return this.bert.maxLength;
  }

  get vocabSize(): number {
    return this.bert.vocabSize;
  }

  /**
   * The logits of the word at each position.
   *
   * @param ids_BT int32 [B, T]
   * @returns [B, T, V]
   * @throws Error as `Bert.forward`
   */
  forward(ids_BT: Tensor, options?: BertForwardOptions): Tensor {
    return tidy(() => this.logits(this.bert.forward(ids_BT, options)));
  }

  /** The head alone, [..., D] → [..., V]: for the positions that are asked for, where these are few. */
  logits(hidden: Tensor): Tensor {
    return this.head.forward(hidden, this.bert.embedTokens.weight);
  }
}
