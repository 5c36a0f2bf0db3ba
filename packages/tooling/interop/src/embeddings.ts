// Vectors of texts, as llama.cpp's encoders make them.

/** A GGUF file of an encoder, loaded. */
export interface LlamaCppEmbeddings {
  /** One vector for `ids`: pooled as the file says, the last token's where it says nothing. */
  embed(ids: readonly number[]): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

/** Loads a file, on the CPU. The vocabulary must be one to which llama.cpp adds no tokens. */
export async function loadLlamaCppEmbeddings(path: string, contextSize: number): Promise<LlamaCppEmbeddings> {
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: 1 });
  // Flash attention rounds keys and values to half precision.
  const model = await llama.loadModel({ modelPath: path, defaultContextFlashAttention: false });
  const context = await model.createEmbeddingContext({ contextSize, batchSize: contextSize });
  return {
    embed: async (ids) => (await context.getEmbeddingFor(ids as Parameters<typeof context.getEmbeddingFor>[0])).vector,
    async dispose() {
      await context.dispose();
      await model.dispose();
      await llama.dispose();
    },
  };
}
