// The head that names hidden words, in a file of llama.cpp's.
//
// llama.cpp has no tensors for it and refuses those that it does not know, while metadata of unknown names is left alone.
// So the head travels as arrays of float32, one for each parameter: bert.masked_lm.dense.weight, …

import { type GGUFModel, type MetadataValue, numbers, readMetadata } from "@llm/gguf";
import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import type { BertConfig } from "./config.js";

const keyOf = (path: string): string => `bert.masked_lm.${path.slice("head.".length)}`;

/**
 * The head of a `BertForMaskedLM` as metadata. Other parameters are passed over.
 *
 * @param state by our paths; not disposed
 */
export async function headToGGUF(state: ReadonlyMap<string, Tensor>): Promise<Map<string, MetadataValue>> {
  const head = [...state].filter(([path]) => path.startsWith("head."));
  const entries = head.map(async ([path, value]): Promise<[string, MetadataValue]> => {
    return [keyOf(path), numbers("float32", Array.from(await value.data<"float32">()))];
  });
  return new Map(await Promise.all(entries));
}

/**
 * The head that `headToGGUF` stored, under our paths.
 *
 * @returns new tensors, the caller disposes them
 * @throws Error when the file has none, as those of others, or numbers that do not fit the configuration
 */
export function headFromGGUF({ metadata }: Pick<GGUFModel, "metadata">, config: BertConfig): Map<string, Tensor> {
  const read = readMetadata(metadata);
  const { dim, vocabSize } = config;
  const shapes = {
    "head.dense.weight": [dim, dim],
    "head.dense.bias": [dim],
    "head.norm.weight": [dim],
    "head.norm.bias": [dim],
    "head.bias": [vocabSize],
  };
  const found = Object.entries(shapes).map(([path, shape]) => {
    const key = keyOf(path);
    if (!read.has(key))
      throw new Error(`BERT in GGUF: the file has no ${key}; it is an encoder without the head that names words`);
    const values = read.numbers(key);
    const size = shape.reduce((a, b) => a * b, 1);
    if (values.length !== size)
      throw new Error(`BERT in GGUF: ${key} must be ${size} numbers, [${shape}], got ${values.length}`);
    const wrong = values.findIndex((x) => !Number.isFinite(x));
    if (wrong >= 0) throw new Error(`BERT in GGUF: ${key}: element ${wrong} of ${size} is NaN or infinite`);
    return { path, values, shape };
  });
  return new Map(found.map(({ path, values, shape }) => [path, tensor(Float32Array.from(values), shape)]));
}
