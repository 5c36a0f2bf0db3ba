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

/** llama.cpp, which takes seconds to find; one is enough for many files. */
export interface LlamaVocabularies {
  /** Writes a file that has a tokenizer and no weights, and loads it. */
  load(path: string, tokenizer: ReadonlyMap<string, MetadataValue>): Promise<LlamaVocabulary>;
  dispose(): Promise<void>;
}

/** Opens llama.cpp for the tokenizers of files. */
export async function openVocabularies(): Promise<LlamaVocabularies> {
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  // What is wrong is thrown as well; node-llama-cpp also tries files for their weights, which logs an error.
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled, maxThreads: 1 });
  return {
    async load(path, tokenizer) {
      const sizes = { context_length: 8, embedding_length: 8, block_count: 1, feed_forward_length: 8 };
      const more = { "attention.layer_norm_rms_epsilon": float32(1e-5) };
      const metadata = architectureMetadata("llama", { ...sizes, "attention.head_count": 1 }, more);
      await writeGGUF(path, new Map([...metadata, ...tokenizer, ...metadata]), new Map());
      const model = await llama.loadModel({ modelPath: path, vocabOnly: true, gpuLayers: 0 });
      return {
        tokenize: (text, special = false) => [...model.tokenize(text, special)],
        detokenize: (ids) => model.detokenize(ids as Token[], true),
        dispose: () => model.dispose(),
      };
    },
    dispose: () => llama.dispose(),
  };
}
