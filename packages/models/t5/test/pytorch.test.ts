import { crossEntropy } from "@llm/cross-entropy";
import { valueAndGrads } from "@llm/ops";
import { expectClose, expectGradients, readFixture, referenceIds, referenceState, unpack } from "@llm/testing";
import { type Scalar, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { fromHuggingFace, T5, type T5Config, toHuggingFace } from "../src/index.js";

interface Fixture {
  config: T5Config;
  batch: number;
  source: number;
  target: number;
  lengths: number[];
  runs: Record<"v1" | "v1_1", { logits: string; loss: number; gradients: Record<string, string> }>;
}
const fixture = readFixture<Fixture>(import.meta.url, "fixtures/t5.json");

// Against float64: what differs is the rounding of float32, some dozens of operations deep.
test.each([
  ["v1", { feedForward: "relu", tied: true }],
  ["v1_1", { feedForward: "gated-gelu", tied: false }],
] as const)("PyTorch's T5 %s: logits, loss and every gradient, under Hugging Face's names", (name, variant) =>
  tidy(() => {
    const { batch, source, target } = fixture;
    const config = { ...fixture.config, ...variant };
    const model = new T5(config);
    const shapes = Array.from(toHuggingFace(model.stateDict(), config), ([key, { shape }]) => [key, shape] as const);
    model.loadStateDict(fromHuggingFace(referenceState(shapes, /shared|lm_head|relative_attention_bias/), config));
    const ids = (rows: number[][]): Tensor => tensor(rows, [batch, rows[0]!.length], "int32");
    const inputs = ids(referenceIds("source", batch, source, config.vocabSize));
    const answer = referenceIds("target", batch, target + 1, config.vocabSize);
    const shifted = ids(answer.map((row) => row.slice(0, -1)));
    const labels = ids(answer.map((row) => row.slice(1)));
    const options = { sourceLengths: tensor(fixture.lengths, [batch], "int32") };
    const expected = fixture.runs[name];
    expectClose(model.forward(inputs, shifted, options), unpack(expected.logits), { absolute: 2e-5, relative: 1e-5 });
    const loss = (): Scalar => crossEntropy(model.forward(inputs, shifted, options), labels) as Scalar;
    const { value, grads } = valueAndGrads(loss, model.namedParameters());
    expect(Math.abs((value.dataSync()[0] as number) - expected.loss)).toBeLessThan(1e-5);
    expectGradients(toHuggingFace(grads, config), expected.gradients);
    model.dispose();
  }),
);
