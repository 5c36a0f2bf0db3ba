// What the app has to know of a kind of model: how it is built, stored, trained and asked to write.

import type { KVCache } from "@llm/kv-cache";
import type { Module } from "@llm/module";
import type { Random } from "@llm/random";
import type { Tokenizer } from "@llm/tokenizer";
import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import type { ModelConfig } from "../config/schema.js";
import type { ObjectiveName } from "./objective-names.js";

/**
 * Hugging Face's config.json, with keys of our own where theirs cannot say it: `training_objective` is what the model
 * learned by, where that is not the family's own.
 */
export type Architecture = Record<string, unknown> & { model_type?: string; training_objective?: unknown };

/** Any model that the app trains. */
export interface AnyModel extends Module {
  /** The longest sequence. */
  readonly maxLength: number;
  readonly vocabSize: number;
}

/** A model that writes from left to right, given what is in its cache. */
export interface LanguageModel extends AnyModel {
  forward(
    ids_BT: Tensor,
    options?: {
      cache?: KVCache;
      segments?: readonly ArrayLike<number>[];
      logits?: "all" | "last";
      mask?: "causal" | "none" | Tensor;
      prefix?: Tensor;
    },
  ): Tensor;
  createCache(): KVCache;
}

/** Ids of the special tokens that an objective needs, by name. */
export type SpecialIds = ReadonlyMap<string, number>;

/** What the objective is told. */
export interface TaskOptions {
  tokenizer: Tokenizer;
  special: SpecialIds;
  /** Tokens in a sequence. */
  context: number;
  seed: number;
  /** Weight of ln²Z in training; evaluations stay comparable. Default 0. */
  zLoss?: number;
}

/** Rows of text, and where in the run they are: masks are drawn anew for every step. */
export interface Rows {
  rows: readonly Int32Array[];
  step: number;
  firstRow: number;
}

/** What a model is trained on. */
export interface Task<B = unknown> {
  /** In words. */
  readonly objective: string;
  /** Tokens of text in a row; with `next`, the row is one longer, so that its last token has a successor. */
  readonly textLength: number;
  readonly next: boolean;
  batch(rows: Rows): B;
  /** The mean loss of the targets that count. */
  loss(batch: B): Scalar;
  /** Number of targets that count. */
  weight(batch: B): number;
  /** The batch without targets that are no text, and the bytes of the rest; absent where targets are not all of a text. */
  scored?(batch: B): { batch: B; bytes: number };
}

/** A model with its prompt read in, ready to write. */
export interface Writer {
  model: Pick<LanguageModel, "maxLength" | "vocabSize" | "forward" | "createCache">;
  prompt: number[];
  /** Ids that end the text. */
  stop: number[];
  /** Frees what was made for this text. */
  dispose?(): void;
}

/** A way for a kind of model to learn. */
export interface Learning<M extends AnyModel = AnyModel> {
  /** What `--objective` calls it. */
  readonly name: ObjectiveName;
  /** Special tokens that it needs. */
  readonly specialTokens: readonly string[];
  /** Whether what is given is read in both directions before the writing starts. */
  readonly prefix?: boolean;
  task(model: M, options: TaskOptions): Task;
  /** Absent for models that do not write. */
  writer?(model: M, ids: readonly number[], special: SpecialIds): Writer;
}

/** A kind of model. */
export interface Family<M extends AnyModel = AnyModel> {
  /** What `--model` calls it. */
  readonly name: string;
  /** What it can learn by, its own objective first. */
  readonly objectives: readonly [Learning<M>, ...Learning<M>[]];
  /** Whether a config.json is of this kind. */
  owns(architecture: Architecture): boolean;
  /** @throws Error when the sizes do not fit each other */
  architecture(config: ModelConfig, vocabSize: number, special: SpecialIds): Architecture;
  create(architecture: Architecture, random: Random): M;
  /** Parameters as others store them; new tensors. Absent where names and layouts are the same. */
  toHuggingFace?(state: ReadonlyMap<string, Tensor>, architecture: Architecture): Map<string, Tensor>;
  fromHuggingFace?(state: ReadonlyMap<string, Tensor>, architecture: Architecture): Map<string, Tensor>;
  /** The config.json for others, without our own keys. Default: as it is. */
  published?(architecture: Architecture): Architecture;
  /** Whether conversations may be packed into rows ("first-fit") or not; absent where the model cannot be tuned on them. */
  readonly packing?: "first-fit" | "none";
}

/** Keeps a family's own model type to itself. */
export function family<M extends AnyModel>(own: Family<M>): Family {
  return own as unknown as Family;
}
