import { Module, parameter } from "@llm/module";
import { gradients, valueAndGrads } from "@llm/ops";
import { checkGradient, expectClose, expectNoLeak } from "@llm/testing";
import {
  gather,
  matMul,
  mul,
  type Scalar,
  square,
  sum,
  type Tensor,
  tensor,
  type Variable,
} from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { ShrunkEmbedding, shrinkEmbeddingGradient, shrinkGradient } from "../src/index.js";

const x = tensor([0.1, -2, 1e-20, 3e30], [2, 2]);

test("values are the same to the last bit, where GLM-130B's formula rounds", () => {
  expect(shrinkGradient(x, 0.1).dataSync()).toEqual(x.dataSync());
});

test("the gradient is alpha times that of the identity", () => {
  const y = tensor([0.5, -1.5, 2], [3]);
  for (const alpha of [0, 0.1, 1]) {
    const run = (): Tensor =>
      gradients((input) => sum(square(shrinkGradient(input as Tensor, alpha))), [y])[0] as Tensor;
    expectClose(
      run(),
      Array.from(y.dataSync(), (value) => alpha * 2 * value),
    );
    expectNoLeak(run);
  }
  // With alpha 1 it is the identity, so finite differences agree.
  const f = (input: Tensor): Tensor => sum(square(shrinkGradient(input, 1)));
  checkGradient(
    f,
    [y],
    gradients((input) => f(input as Tensor), [y]),
  );
});

class Tied extends Module {
  embedTokens: Module & { weight: Variable; forward(ids: Tensor): Tensor } = new Table();

  forward(ids: Tensor): Tensor {
    return matMul(this.embedTokens.forward(ids), this.embedTokens.weight, false, true);
  }
}

class Table extends Module {
  weight: Variable = parameter(tensor([1, 2, 3, 4, 5, 6], [3, 2]));
  forward(ids: Tensor): Tensor {
    return gather(this.weight, ids);
  }
}

test("in a model: same name, same logits; look-ups learn less, the tied head as before", () => {
  const ids = tensor([0, 2], [2], "int32");
  const run = (alpha?: number): { names: string[]; logits: number[]; grad: number[] } => {
    const model = new Tied();
    if (alpha !== undefined) shrinkEmbeddingGradient(model, { alpha });
    const { grads } = valueAndGrads(() => sum(mul(model.forward(ids), 0.5)) as Scalar, model.namedParameters());
    const grad = Array.from((grads.get("embed_tokens.weight") as Tensor).dataSync());
    return { names: [...model.namedParameters().keys()], logits: Array.from(model.forward(ids).dataSync()), grad };
  };
  const [plain, shrunk, none] = [run(), run(0.1), run(0)];
  expect(shrunk.names).toEqual(["embed_tokens.weight"]);
  expect(shrunk.logits).toEqual(plain.logits);
  // Without the look-ups' part, only the head's is left; the whole is the head's and a tenth of theirs.
  expectClose(
    shrunk.grad,
    plain.grad.map((g, i) => (none.grad[i] as number) + 0.1 * (g - (none.grad[i] as number))),
  );
});

test("errors", () => {
  expect(() => shrinkGradient(x, 1.5)).toThrow("alpha must be from 0 to 1, got 1.5");
  expect(() => shrinkGradient(x, Number.NaN)).toThrow(RangeError);
  const model = new Tied();
  expect(() => shrinkEmbeddingGradient(model, { path: "" })).toThrow('the module at "" has no table');
  expect(() => shrinkEmbeddingGradient(model, { path: "wte" })).toThrow('there is no module "wte"');
  expect(new ShrunkEmbedding(model.embedTokens as never, 0.1).alpha).toBe(0.1);
});
