import { crossEntropy } from "@llm/cross-entropy";
import { valueAndGrads } from "@llm/ops";
import { expectClose, expectGradients, readFixture, referenceBatch, referenceState, unpack } from "@llm/testing";
import { type Scalar, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Bloom, type BloomConfig, fromHuggingFace, toHuggingFace } from "../src/index.js";

interface Fixture {
  config: BloomConfig;
  batch: number;
  time: number;
  logits: string;
  loss: number;
  gradients: Record<string, string>;
}
const fixture = readFixture<Fixture>(import.meta.url, "fixtures/bloom.json");

// Against float64: what differs is the rounding of float32, some dozens of operations deep.
test("PyTorch's BLOOM: logits, loss and every gradient, through Hugging Face's layout", () =>
  tidy(() => {
    const { config, batch, time, logits, loss: expectedLoss, gradients } = fixture;
    const model = new Bloom(config);
    const theirs = toHuggingFace(model.stateDict(), config);
    const shapes = Array.from(theirs, ([key, { shape }]) => [key, shape] as const);
    model.loadStateDict(fromHuggingFace(referenceState(shapes, /word_embeddings\.weight/), config));
    const { inputs, labels } = referenceBatch(0, batch, time, config.vocabSize);
    expectClose(model.forward(inputs), unpack(logits), { absolute: 1e-5, relative: 1e-5 });
    const loss = (): Scalar => crossEntropy(model.forward(inputs), labels) as Scalar;
    const { value, grads } = valueAndGrads(loss, model.namedParameters());
    expect(Math.abs((value.dataSync()[0] as number) - expectedLoss)).toBeLessThan(1e-5);
    expectGradients(toHuggingFace(grads, config), gradients);
    model.dispose();
  }));
