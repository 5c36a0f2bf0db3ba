// BERT's vectors and T5's encoder and decoder in llama.cpp.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gelu } from "@llm/activations";
import { BertForMaskedLM, type BertPooling, headToGGUF, toGGUF, toGGUFConfig } from "@llm/bert";
import { bool, fromFloat32, type MetadataValue, string, toFloat32, uint32 } from "@llm/gguf";
import type { MLP } from "@llm/mlp";
import { T5, type T5Config, toGGUF as t5ToGGUF, toGGUFConfig as t5ToGGUFConfig } from "@llm/t5";
import { available } from "@llm/testing";
import { type Tokenizer, trainTokenizer } from "@llm/tokenizer";
import { mean, mul, slice, type Tensor, tensor, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encoderDecoderTargets, loadLlamaCpp, loadLlamaCppEmbeddings, scaled } from "../src/index.js";
import { text, written } from "./files.js";

const root = mkdtempSync(join(tmpdir(), "interop-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const TEXTS = 20;
const sizes = { maxLength: 64, dim: 64, heads: 4, layers: 2 };
const debug = (...values: unknown[]): void => {
  if (process.env.LLM_DEBUG) console.log(...values);
};

let tokenizer: Tokenizer;
let texts: number[][];
beforeAll(async () => {
  tokenizer = await trainTokenizer([text, text], { kind: "bpe", vocabSize: 320, specialTokens: ["<|endoftext|>"] });
  const ids = tokenizer.encode(text);
  // Of 2 to 40 tokens.
  texts = Array.from({ length: TEXTS }, (_, i) => ids.slice(i * 3, i * 5 + 2));
  expect(texts.map(({ length }) => length)).toEqual(Array.from({ length: TEXTS }, (_, i) => 2 * i + 2));
});

const idsOf = (row: readonly number[]): Tensor => tensor2d([[...row]], [1, row.length], "int32");

/** One vector of [1, T, D]. */
function pooled(hidden: Tensor, pooling: BertPooling): Float32Array {
  const [, time, dim] = hidden.shape as [number, number, number];
  const at = (i: number): Tensor => slice(hidden, [0, i, 0], [1, 1, dim]);
  const vector = pooling === "mean" ? mean(hidden, 1) : at(pooling === "cls" ? 0 : time - 1);
  return vector.dataSync<"float32">().slice();
}

/** The largest distance of two vectors of a text, in their lengths. */
async function worstVector(path: string, ours: (row: number[]) => Float32Array): Promise<number> {
  const theirs = await loadLlamaCppEmbeddings(path, 64);
  let worst = 0;
  for (const row of texts) {
    const [mine, found] = [ours(row), await theirs.embed(row)];
    expect(found.length).toBe(mine.length);
    worst = Math.max(worst, Math.hypot(...mine.map((x, i) => x - found[i]!)) / Math.hypot(...mine));
  }
  await theirs.dispose();
  return worst;
}

/** GELU as llama.cpp has it on processors: the tanh formula, from half precision to half precision. */
function tableGelu(x: Tensor): Tensor {
  const halved = (y: Tensor): Tensor =>
    tensor(toFloat32(fromFloat32(y.dataSync<"float32">().slice(), [y.size], "F16")), y.shape);
  return halved(gelu(halved(x), { approximation: "tanh" }));
}

describe.skipIf(!available("llama"))("BERT in llama.cpp", () => {
  test.each(["none", "cls", "mean"] as const)("vectors of texts, pooled by %s", async (pooling) => {
    const model = scaled(new BertForMaskedLM({ vocabSize: tokenizer.vocabSize, ...sizes })).eval();
    // The head goes along, and llama.cpp does not mind.
    const metadata = new Map([
      ...toGGUFConfig(model.config, { pooling }),
      ...(await headToGGUF(model.namedParameters())),
    ]);
    const path = await written(join(root, `bert ${pooling}.gguf`), {
      parameters: model.namedParameters(),
      convert: toGGUF,
      ...{ metadata, tokenizer, vocabSize: model.vocabSize },
    });
    const ours = (row: number[]): Float32Array => tidy(() => pooled(model.bert.forward(idsOf(row)), pooling));
    const worst = await worstVector(path, ours);
    debug("bert", pooling, "largest difference", worst);
    expect(worst).toBeLessThan(1e-3);
    // All of that comes from their GELU.
    for (const layer of model.bert.layers) {
      const part = layer.mlp as MLP;
      part.forward = (x) => part.fcOut.forward(tableGelu(part.fcIn.forward(x)));
    }
    const alike = await worstVector(path, ours);
    debug("bert", pooling, "with their GELU", alike);
    expect(alike).toBeLessThan(1e-4);
    model.dispose();
  });
});

const kinds: [string, Partial<T5Config>][] = [
  ["version 1", {}],
  ["version 1.1", { feedForward: "gated-gelu", tied: false, decoderLayers: 1 }],
];
/** A tied head divides by √dim: the last norm makes up for it, or every token would be as likely as any other. */
function makeT5(more: Partial<T5Config>): T5 {
  const model = scaled(new T5({ vocabSize: tokenizer.vocabSize, ...sizes, headDim: 16, hiddenDim: 96, ...more }));
  const { weight } = model.decoder.norm;
  if (model.config.tied) tidy(() => weight.assign(mul(weight, sizes.dim ** 0.5)));
  return model.eval();
}

describe.skipIf(!available("llama"))("T5 in llama.cpp", () => {
  test.each(kinds)("%s: the encoder's vectors, through node-llama-cpp", async (name, more) => {
    const model = makeT5(more);
    const encoder = new Map<string, MetadataValue>([
      ...[...t5ToGGUFConfig(model.config)].map(([key, value]) => [key.replace(/^t5\./, "t5encoder."), value] as const),
      ["general.architecture", string("t5encoder")],
      ["t5encoder.pooling_type", uint32(1)],
      ["t5encoder.attention.causal", bool(false)],
    ]);
    const parameters = [...model.namedParameters()].filter(([path]) => /^(encoder|embed_tokens)\./.test(path));
    const path = await written(join(root, `t5encoder ${name}.gguf`), {
      parameters: new Map(parameters),
      convert: (state) => t5ToGGUF(state, model.config),
      ...{ metadata: encoder, tokenizer, vocabSize: model.vocabSize },
    });
    const worst = await worstVector(path, (row) => tidy(() => pooled(model.encode(idsOf(row)), "mean")));
    debug("t5 encoder", name, "largest difference", worst);
    expect(worst).toBeLessThan(1e-3);
    model.dispose();
  });

  test.skipIf(!available("python")).each(kinds)(
    "%s: the same targets, logits and probabilities",
    async (name, more) => {
      const model = makeT5(more);
      const path = await written(join(root, `t5 ${name}.gguf`), {
        parameters: model.namedParameters(),
        convert: (state) => t5ToGGUF(state, model.config),
        ...{ metadata: t5ToGGUFConfig(model.config, { startId: 7 }), tokenizer, vocabSize: model.vocabSize },
      });
      // node-llama-cpp opens it as well; more it cannot do.
      const opened = await loadLlamaCpp(path, 64);
      expect(opened.tokenize(text)).toEqual(tokenizer.encode(text));
      await opened.dispose();
      const STEPS = 32;
      const theirs = encoderDecoderTargets(path, texts, STEPS);
      expect(theirs.start).toBe(7);
      let [worst, confidence] = [0, 0];
      for (const [i, source] of texts.entries()) {
        const { ids, logits } = theirs.results[i]!;
        const rows = tidy(() =>
          model
            .forward(idsOf(source), idsOf([theirs.start, ...ids.slice(0, -1)]))
            .dataSync<"float32">()
            .slice(),
        );
        for (const [step, found] of logits.entries()) {
          const mine = rows.subarray(step * model.vocabSize, (step + 1) * model.vocabSize);
          const [p, q] = [probabilities(mine), probabilities(found)];
          for (const [id, x] of q.entries()) worst = Math.max(worst, Math.abs(x - p[id]!));
          expect(mine.indexOf(mine.reduce((a, b) => Math.max(a, b)))).toBe(ids[step]);
          confidence += Math.max(...p) / (TEXTS * STEPS);
        }
      }
      debug("t5", name, "largest difference", worst, "confidence", confidence);
      expect(worst).toBeLessThan(1e-3);
      expect(confidence).toBeGreaterThan(0.1);
      model.dispose();
    },
  );
});

function probabilities(logits: ArrayLike<number>): number[] {
  const largest = Array.from(logits).reduce((a, b) => Math.max(a, b));
  const weights = Array.from(logits, (x) => Math.exp(x - largest));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((x) => x / total);
}
