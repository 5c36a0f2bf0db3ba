import { crossEntropy } from "@llm/cross-entropy";
import { valueAndGrads } from "@llm/ops";
import {
  expectClose,
  expectGradients,
  readFixture,
  referenceIds,
  referenceState,
  referenceValues,
  unpack,
} from "@llm/testing";
import { type Scalar, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Bert, type BertConfig, BertForMaskedLM, fromHuggingFace, toHuggingFace } from "../src/index.js";

interface Fixture {
  config: BertConfig;
  batch: number;
  time: number;
  lengths: number[];
  logits: string;
  pooled: string;
  loss: number;
  gradients: Record<string, string>;
}
const fixture = readFixture<Fixture>(import.meta.url, "fixtures/bert.json");

// Against float64: what differs is the rounding of float32, some dozens of operations deep.
test("PyTorch's BERT: logits, loss and every gradient, and the pooled vector, under Hugging Face's names", () =>
  tidy(() => {
    const { config, batch, time, lengths } = fixture;
    const model = new BertForMaskedLM(config);
    const shapes = Array.from(toHuggingFace(model.stateDict()), ([name, { shape }]) => [name, shape] as const);
    const state = fromHuggingFace(referenceState(shapes, /_embeddings\.weight/));
    model.loadStateDict(state);
    const rows = (value: (row: number, i: number) => number): Tensor =>
      tensor(
        Array.from({ length: batch }, (_, row) => Array.from({ length: time }, (_, i) => value(row, i))),
        [batch, time],
        "int32",
      );
    const [tokens, answers] = ["tokens", "answers"].map((name) => referenceIds(name, batch, time, config.vocabSize));
    const ids = rows((row, i) => tokens![row]![i]!);
    const options = { types: rows((_, i) => (i >= 4 ? 1 : 0)), lengths: tensor(lengths, [batch], "int32") };
    const labels = rows((row, i) => (i % 3 === 1 ? answers![row]![i]! : -100));
    expectClose(model.forward(ids, options), unpack(fixture.logits), { absolute: 1e-5, relative: 1e-5 });
    const loss = (): Scalar => crossEntropy(model.forward(ids, options), labels) as Scalar;
    const { value, grads } = valueAndGrads(loss, model.namedParameters());
    expect(Math.abs((value.dataSync()[0] as number) - fixture.loss)).toBeLessThan(1e-5);
    expectGradients(toHuggingFace(grads), fixture.gradients);

    const bert = new Bert(config);
    const own = [...state].flatMap(([path, value]) => (path.startsWith("bert.") ? [[path.slice(5), value]] : []));
    const pooler = {
      "pooler.weight": referenceValues("bert.pooler.dense.weight", [18, 18], 0.5),
      "pooler.bias": referenceValues("bert.pooler.dense.bias", [18], 0.25),
    };
    bert.loadStateDict(new Map([...(own as [string, Tensor][]), ...Object.entries(pooler)]));
    expectClose(bert.pool(bert.forward(ids, options)), unpack(fixture.pooled), { absolute: 1e-5, relative: 1e-5 });
    bert.dispose();
    model.dispose();
  }));
