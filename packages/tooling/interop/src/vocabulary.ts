// The tokenizer of a GGUF file alone, by llama.cpp.

import { architectureMetadata, float32, type MetadataValue } from "@llm/gguf";
import { writeGGUF } from "@llm/gguf/node";
import type { Token } from "node-llama-cpp";

/** A file's tokenizer, loaded. */
export interface LlamaVocabulary {
  /** The ids of a text, nothing added. With `special`, the text of special tokens is these tokens. */
  tokenize(text: string, special?: boolean): number[];
  detokenize(ids: readonly number[]): string;
  dispose(): Promise<void>;
}

/** Writes a file that has a tokenizer and no weights. */
export async function writeVocabulary(path: string, tokenizer: ReadonlyMap<string, MetadataValue>): Promise<void> {
  const model = architectureMetadata(
    "llama",
    { context_length: 8, embedding_length: 8, block_count: 1, feed_forward_length: 8, "attention.head_count": 1 },
    { "attention.layer_norm_rms_epsilon": float32(1e-5) },
  );
  await writeGGUF(path, new Map([...model, ...tokenizer]), new Map());
}

/** Loads a file's tokenizer, with or without weights. */
export async function loadVocabulary(path: string): Promise<LlamaVocabulary> {
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: 1 });
  const model = await llama.loadModel({ modelPath: path, vocabOnly: true });
  return {
    tokenize: (text, special = false) => [...model.tokenize(text, special)],
    detokenize: (ids) => model.detokenize(ids as Token[], true),
    async dispose() {
      await model.dispose();
      await llama.dispose();
    },
  };
}
