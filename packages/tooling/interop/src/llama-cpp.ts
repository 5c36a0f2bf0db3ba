// llama.cpp through node-llama-cpp: greedy continuations, and probabilities of the next token.

import type { ControlledEvaluateInputItem, Token } from "node-llama-cpp";

/** A GGUF file, loaded. Ids in, ids and probabilities out: tokenizers are compared on their own. */
export interface LlamaCpp {
  /** The likeliest `count` tokens after `ids`, one after the other. */
  continue(ids: readonly number[], count: number): Promise<number[]>;
  /** The probabilities of each token after the first `from` ids, after one more, and so on. */
  probabilities(ids: readonly number[], from: number): Promise<Map<number, number>[]>;
  /** The ids of a text, nothing added. */
  tokenize(text: string): number[];
  detokenize(ids: readonly number[]): string;
  dispose(): Promise<void>;
}

/** Loads a file, on the CPU, with keys and values cached in full precision. */
export async function loadLlamaCpp(path: string, contextSize: number): Promise<LlamaCpp> {
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: 1 });
  const model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({
    contextSize,
    flashAttention: false,
    experimentalKvCacheKeyType: "F32",
    experimentalKvCacheValueType: "F32",
  });
  const sequence = context.getSequence();
  return {
    async continue(ids, count) {
      await sequence.clearHistory();
      const found: number[] = [];
      for await (const token of sequence.evaluate(ids as Token[], { temperature: 0, yieldEogToken: true })) {
        if (found.push(token) === count) break;
      }
      return found;
    },
    async probabilities(ids, from) {
      await sequence.clearHistory();
      const asked = { generateNext: { probabilities: true } };
      const input = ids.map(
        (id, i): ControlledEvaluateInputItem => (i < from - 1 ? (id as Token) : [id as Token, asked]),
      );
      const outputs = await sequence.controlledEvaluate(input);
      return outputs.slice(from - 1).map((output) => output?.next.probabilities as Map<number, number>);
    },
    tokenize: (text) => [...model.tokenize(text, true, "trimLeadingSpace")],
    detokenize: (ids) => model.detokenize(ids as Token[], true),
    async dispose() {
      await context.dispose();
      await model.dispose();
      await llama.dispose();
    },
  };
}
