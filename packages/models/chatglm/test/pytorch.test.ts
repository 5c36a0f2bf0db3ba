import { crossEntropy } from "@llm/cross-entropy";
import { valueAndGrads } from "@llm/ops";
import {
  expectClose,
  expectGradients,
  readFixture,
  referenceBatch,
  referenceIds,
  referenceState,
  unpack,
} from "@llm/testing";
import { type Scalar, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import {
  ChatGLM2,
  type ChatGLM2Config,
  chatglm2FromHuggingFace,
  chatglm2ToHuggingFace,
  GLM,
  type GLMConfig,
  glmFromHuggingFace,
  glmToHuggingFace,
} from "../src/index.js";

interface Run {
  logits: string;
  loss: number;
  gradients: Record<string, string>;
}
interface GLMFixture {
  config: GLMConfig;
  batch: number;
  time: number;
  /** Of each row, where the blank is and how many tokens are given. */
  masked: number[];
  context: number[];
  runs: Record<"chatglm-6b" | "glm-130b", Run>;
}
const glm = readFixture<GLMFixture>(import.meta.url, "fixtures/glm.json");
const chatglm2 = readFixture<Run & { config: ChatGLM2Config; batch: number; time: number }>(
  import.meta.url,
  "fixtures/chatglm2.json",
);
const shapesOf = (state: Map<string, Tensor>): (readonly [string, number[]])[] =>
  Array.from(state, ([name, { shape }]) => [name, shape] as const);

// Against float64: what differs is the rounding of float32, some dozens of operations deep.
test.each([
  ["chatglm-6b", { positions: "2d", feedForward: "gelu" }],
  ["glm-130b", { positions: "1d", feedForward: "geglu" }],
] as const)("PyTorch's GLM as %s: logits, loss and every gradient, through THUDM's layout", (name, variant) =>
  tidy(() => {
    const { batch, time, masked, context } = glm;
    const config = { ...glm.config, ...variant, tokens: { mask: 0, gmask: 1, start: 2, end: 3 } };
    const model = new GLM(config);
    const state = referenceState(shapesOf(glmToHuggingFace(model.stateDict(), config)), /word_embeddings/);
    model.loadStateDict(glmFromHuggingFace(state, config));
    const rows = (value: (row: number, i: number) => number): Tensor =>
      tensor(
        Array.from({ length: batch }, (_, row) => Array.from({ length: time }, (_, i) => value(row, i))),
        [batch, time],
        "int32",
      );
    const given = (row: number, i: number): boolean => i < context[row]!;
    const flat = variant.positions === "1d";
    const options = {
      prefix: tensor(context, [batch], "int32"),
      positions: rows((row, i) => (flat || given(row, i) ? i : masked[row]!)),
      blockPositions: rows((row, i) => (given(row, i) ? 0 : i - context[row]! + 1)),
    };
    const answers = referenceIds("answers", batch, time, config.vocabSize);
    const labels = rows((row, i) => (given(row, i) ? -100 : answers[row]![i]!));
    const ids = tensor(referenceIds("tokens", batch, time, config.vocabSize), [batch, time], "int32");
    const expected = glm.runs[name];
    expectClose(model.forward(ids, options), unpack(expected.logits), { absolute: 2e-5, relative: 1e-5 });
    const loss = (): Scalar => crossEntropy(model.forward(ids, options), labels) as Scalar;
    const { value, grads } = valueAndGrads(loss, model.namedParameters());
    expect(Math.abs((value.dataSync()[0] as number) - expected.loss)).toBeLessThan(1e-5);
    expectGradients(glmToHuggingFace(grads, config), expected.gradients);
    model.dispose();
  }),
);

test("PyTorch's ChatGLM2: logits, loss and every gradient, through THUDM's layout", () =>
  tidy(() => {
    const { config, batch, time } = chatglm2;
    const model = new ChatGLM2(config);
    const theirs = shapesOf(chatglm2ToHuggingFace(model.stateDict(), config));
    model.loadStateDict(chatglm2FromHuggingFace(referenceState(theirs, /word_embeddings|output_layer/), config));
    const { inputs, labels } = referenceBatch(0, batch, time, config.vocabSize);
    expectClose(model.forward(inputs), unpack(chatglm2.logits), { absolute: 1e-5, relative: 1e-5 });
    const loss = (): Scalar => crossEntropy(model.forward(inputs), labels) as Scalar;
    const { value, grads } = valueAndGrads(loss, model.namedParameters());
    expect(Math.abs((value.dataSync()[0] as number) - chatglm2.loss)).toBeLessThan(1e-5);
    expectGradients(chatglm2ToHuggingFace(grads, config), chatglm2.gradients);
    model.dispose();
  }));
