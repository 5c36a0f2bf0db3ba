// The sizes of a model: metadata whose keys begin with the name of its architecture.
//
//   general.architecture = "llama",  llama.block_count = 32,  llama.attention.head_count = 32, …

import { GGUFError } from "./error.js";
import { type Metadata, type MetadataReader, type MetadataValue, readMetadata, string, uint32 } from "./metadata.js";

/** What is known of a model that a file holds: its metadata, and which tensors there are. */
export interface GGUFModel {
  readonly metadata: Metadata;
  readonly tensors: ReadonlyMap<string, unknown>;
}

/**
 * Metadata of an architecture.
 *
 * @param sizes whole numbers, stored as uint32; keys without the architecture's name
 * @param others values of other types
 */
export function architectureMetadata(
  architecture: string,
  sizes: Readonly<Record<string, number>>,
  others: Readonly<Record<string, MetadataValue>> = {},
): Map<string, MetadataValue> {
  const entries = [
    ...Object.entries(sizes).map(([key, size]) => [key, uint32(size)] as const),
    ...Object.entries(others),
  ];
  return new Map([
    ["general.architecture", string(architecture)],
    ...entries.map(([key, value]): [string, MetadataValue] => [`${architecture}.${key}`, value]),
  ]);
}

/** The sizes that every Transformer has. */
export interface TransformerSizes {
  vocabSize: number;
  maxLength: number;
  dim: number;
  /** Features within the feed-forward layer. */
  hiddenDim: number;
  layers: number;
  heads: number;
}

/** They as `architectureMetadata` takes them. */
export function transformerSizes(config: TransformerSizes): Record<string, number> {
  return {
    vocab_size: config.vocabSize,
    context_length: config.maxLength,
    embedding_length: config.dim,
    feed_forward_length: config.hiddenDim,
    block_count: config.layers,
    "attention.head_count": config.heads,
  };
}

/**
 * They as a file has them.
 *
 * @param options `hiddenTimes`: `hiddenDim` over `dim` where the file does not say; default: it must say
 * @throws GGUFError for a size that is missing
 */
export function readTransformerSizes(
  read: ArchitectureReader,
  { hiddenTimes }: { hiddenTimes?: number } = {},
): TransformerSizes {
  const dim = read.number("embedding_length");
  return {
    vocabSize: read.vocabSize(),
    maxLength: read.number("context_length"),
    dim,
    hiddenDim: read.number("feed_forward_length", hiddenTimes && hiddenTimes * dim),
    layers: read.number("block_count"),
    heads: read.number("attention.head_count"),
  };
}

/** Reads the sizes of one architecture; keys without its name. */
export interface ArchitectureReader extends MetadataReader {
  /** A float32 as the decimal number that was meant: 1e-5, not 9.999999747378752e-6. */
  decimal(key: string, fallback?: number): number;
  /** How many tokens the model knows: what the sizes say, else the number of the tokenizer's. */
  vocabSize(): number;
}

/**
 * Reads metadata that `architectureMetadata` or llama.cpp's converter wrote.
 * @throws GGUFError when the file holds another architecture
 */
export function readArchitecture(metadata: Metadata, architecture: string): ArchitectureReader {
  const all = readMetadata(metadata);
  const found = all.text("general.architecture");
  if (found !== architecture)
    throw new GGUFError(`the file holds a model of architecture ${JSON.stringify(found)}, not ${architecture}`);
  const at = (key: string): string => `${architecture}.${key}`;
  const number = (key: string, fallback?: number): number => all.number(at(key), fallback);
  return {
    has: (key) => all.has(at(key)),
    number,
    text: (key, fallback) => all.text(at(key), fallback),
    boolean: (key, fallback) => all.boolean(at(key), fallback),
    texts: (key) => all.texts(at(key)),
    numbers: (key) => all.numbers(at(key)),
    decimal: (key, fallback) => Number(number(key, fallback).toPrecision(7)),
    vocabSize: () => (all.has(at("vocab_size")) ? number("vocab_size") : all.texts("tokenizer.ggml.tokens").length),
  };
}
