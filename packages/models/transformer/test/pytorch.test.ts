import { crossEntropy } from "@llm/cross-entropy";
import { causalMask, paddingMask } from "@llm/mask";
import { valueAndGrads } from "@llm/ops";
import { expectClose, expectGradients, readFixture, referenceIds, referenceState, unpack } from "@llm/testing";
import { logicalAnd, type Scalar, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Transformer, type TransformerConfig } from "../src/index.js";

interface Fixture {
  config: TransformerConfig;
  batch: number;
  source: number;
  target: number;
  lengths: number[];
  targetLengths: number[];
  logits: string;
  loss: number;
  gradients: Record<string, string>;
}
const fixture = readFixture<Fixture>(import.meta.url, "fixtures/transformer.json");

// Against float64: what differs is the rounding of float32, some dozens of operations deep.
test("PyTorch's Transformer: logits, loss and every gradient, with padding on both sides", () =>
  tidy(() => {
    const { config, batch, source, target, lengths, targetLengths } = fixture;
    const model = new Transformer(config);
    const shapes = Array.from(model.stateDict(), ([key, { shape }]) => [key, shape] as const);
    model.loadStateDict(referenceState(shapes, /embed_tokens/));
    const ids = (rows: number[][]): Tensor => tensor(rows, [batch, rows[0]!.length], "int32");
    const inputs = ids(referenceIds("source", batch, source, config.vocabSize));
    const answer = referenceIds("target", batch, target + 1, config.vocabSize);
    const shifted = ids(answer.map((row) => row.slice(0, -1)));
    const labels = ids(answer.map((row, b) => row.slice(1).map((id, i) => (i < targetLengths[b]! ? id : -100))));
    const options = {
      sourceLengths: tensor(lengths, [batch], "int32"),
      mask: logicalAnd(causalMask(target), paddingMask(targetLengths, target)),
    };
    expectClose(model.forward(inputs, shifted, options), unpack(fixture.logits), { absolute: 1e-5, relative: 1e-5 });
    const loss = (): Scalar => crossEntropy(model.forward(inputs, shifted, options), labels) as Scalar;
    const { value, grads } = valueAndGrads(loss, model.namedParameters());
    expect(Math.abs((value.dataSync()[0] as number) - fixture.loss)).toBeLessThan(1e-5);
    expectGradients(grads, fixture.gradients);
    model.dispose();
  }));
