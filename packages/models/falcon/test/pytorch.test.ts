import { crossEntropy } from "@llm/cross-entropy";
import { valueAndGrads } from "@llm/ops";
import { expectClose, expectGradients, readFixture, referenceBatch, referenceState, unpack } from "@llm/testing";
import { type Scalar, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Falcon, type FalconConfig, fromHuggingFace, toHuggingFace } from "../src/index.js";

interface Fixture {
  config: FalconConfig;
  batch: number;
  time: number;
  runs: Record<"7b" | "40b", { logits: string; loss: number; gradients: Record<string, string> }>;
}
const fixture = readFixture<Fixture>(import.meta.url, "fixtures/falcon.json");

// Against float64: what differs is the rounding of float32, some dozens of operations deep.
test.each([
  ["7b", { kvHeads: 1, norms: "shared" }],
  ["40b", { kvHeads: 2, norms: "separate" }],
] as const)("PyTorch's Falcon-%s: logits, loss and every gradient, through Hugging Face's layout", (name, variant) =>
  tidy(() => {
    const config = { ...fixture.config, ...variant };
    const model = new Falcon(config);
    const theirs = toHuggingFace(model.stateDict(), config);
    const shapes = Array.from(theirs, ([key, { shape }]) => [key, shape] as const);
    model.loadStateDict(fromHuggingFace(referenceState(shapes, /word_embeddings/), config));
    const { inputs, labels } = referenceBatch(0, fixture.batch, fixture.time, config.vocabSize);
    const expected = fixture.runs[name];
    expectClose(model.forward(inputs), unpack(expected.logits), { absolute: 1e-5, relative: 1e-5 });
    const loss = (): Scalar => crossEntropy(model.forward(inputs), labels) as Scalar;
    const { value, grads } = valueAndGrads(loss, model.namedParameters());
    expect(Math.abs((value.dataSync()[0] as number) - expected.loss)).toBeLessThan(1e-5);
    expectGradients(toHuggingFace(grads, config), expected.gradients);
    model.dispose();
  }),
);
