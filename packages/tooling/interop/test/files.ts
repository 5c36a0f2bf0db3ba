// Models and tokenizers in files for llama.cpp.

import { fileType, type MetadataValue, tokenizerToGGUF, type WeightDtype, weightTensors } from "@llm/gguf";
import { writeGGUF } from "@llm/gguf/node";
import type { Tokenizer } from "@llm/tokenizer";
import { type ConvertWeights, streamWeights } from "@llm/weights";
import type { Tensor } from "@tensorflow/tfjs-core";

/** Letters of several kinds. */
export const text = `The miller's daughter couldn't count past 12, but she knew that 365 days make a year: "It's long," she said.
	Then — naïve as she was — she asked for 1,024 coins & 3.5 kg of café; 東京 was far, and the dogs didn't bark…
Those who've been there say that the river's water is cold, that they'll go again, and that nobody is ever late. `;

/** A model as it is written. */
export interface Written {
  parameters: ReadonlyMap<string, Tensor>;
  convert: ConvertWeights;
  metadata: Map<string, MetadataValue>;
  tokenizer: Tokenizer;
  vocabSize: number;
  /** Default F32. */
  dtype?: WeightDtype;
}

/** Writes it, and returns the path. */
export async function written(path: string, model: Written): Promise<string> {
  const { parameters, convert, tokenizer, vocabSize, dtype = "F32" } = model;
  const metadata = new Map(model.metadata);
  for (const [key, value] of tokenizerToGGUF(JSON.parse(JSON.stringify(tokenizer)), { vocabSize }))
    metadata.set(key, value);
  metadata.set("general.file_type", fileType(dtype));
  const stream = streamWeights(parameters, convert);
  await writeGGUF(path, metadata, weightTensors(stream.tensors, dtype));
  stream.dispose();
  return path;
}
