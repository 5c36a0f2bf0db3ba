import "@tensorflow/tfjs-backend-wasm";
import { type AttentionMask, causalMask, combineMasks, paddingMask, prefixMask, segmentMask } from "@llm/mask";
import { gradients } from "@llm/ops";
import { Random, withRandom } from "@llm/random";
import { checkGradient, expectClose, expectNoLeak, readFixture } from "@llm/testing";
import {
  add,
  matMul,
  mul,
  ones,
  range,
  setBackend,
  slice,
  softmax,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AttentionOptions, attention } from "../src/index.js";

interface Packed {
  shape: number[];
  values: number[];
}
type Case = Record<"q" | "k" | "v" | "dy" | "y" | "dq" | "dk" | "dv", Packed> & {
  name: string;
  mask: "none" | "causal" | Packed;
  scale?: number;
};
const cases = readFixture<Case[]>(import.meta.url, "fixtures/attention.json");
const unpack = ({ shape, values }: Packed): Tensor => tensor(values, shape);
const random = new Random(7);
const normal = (shape: number[]): Tensor =>
  tensor(random.fillNormal(new Float32Array(shape.reduce((n, d) => n * d, 1))), shape);

// PyTorch's values are of float64; a dozen float32 operations on values of size 1 err by some 1e-6. In the
// peaked case scores reach 100, where one float32 step is 8e-6 and the softmax passes it on.
const tolerance = { absolute: 1e-5, relative: 1e-4 };

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await setBackend(backend)));
  afterAll(async () => void (await setBackend("cpu")));

  test.each(cases.map((c): [string, Case] => [c.name, c]))("values and gradients are PyTorch's: %s", (_, c) => {
    const { mask, scale } = c;
    const allowed = typeof mask === "string" ? mask : tensor(mask.values, mask.shape, "bool");
    const options = { mask: allowed, ...(scale !== undefined && { scale }) };
    const f = (...[q, k, v]: Tensor[]): Tensor => attention(q!, k!, v!, options);
    const inputs = [c.q, c.k, c.v].map(unpack);
    const y = f(...inputs);
    expect(y.shape).toEqual(c.y.shape);
    expectClose(y, c.y.values, tolerance);
    const grads = gradients(f, inputs, unpack(c.dy));
    for (const [i, expected] of [c.dq, c.dk, c.dv].entries()) expectClose(grads[i]!, expected.values, tolerance);
  });

  test("a query without any allowed key gives zeros and has no gradients", () => {
    const mask = paddingMask([2, 0], 3);
    const inputs = [normal([2, 1, 2, 2]), normal([2, 1, 3, 2]), normal([2, 1, 3, 2])];
    const f = (...[q, k, v]: Tensor[]): Tensor => attention(q!, k!, v!, { mask });
    const all = [f(...inputs), ...gradients(f, inputs)];
    for (const result of all) {
      const values = Array.from(result.dataSync());
      expect(values.every(Number.isFinite)).toBe(true);
      expect(values.slice(values.length / 2).every((value) => value === 0)).toBe(true);
      expect(values.slice(0, values.length / 2).some((value) => value !== 0)).toBe(true);
    }
  });

  test("scores of ±1e4 give finite values and gradients", () => {
    const q = tensor([100, -100, 100], [1, 1, 3, 1]);
    const k = tensor([-100, 100, 100], [1, 1, 3, 1]);
    const v = tensor([1, 2, 4], [1, 1, 3, 1]);
    // The first query's best matches are still to come: it may not see them, however well they match.
    expectClose(attention(q, k, v), [1, 1, 3]);
    for (const grad of gradients((...[q, k, v]) => attention(q!, k!, v!), [q, k, v])) {
      expect(Array.from(grad.dataSync()).every(Number.isFinite)).toBe(true);
    }
  });
});

test("gradients by finite differences, of a mask with an empty row", () => {
  const mask = tensor([1, 0, 1, 0, 0, 0, 1, 1, 1], [3, 3], "bool");
  const dy = normal([1, 2, 3, 2]);
  const inputs = [normal([1, 2, 3, 2]), normal([1, 2, 3, 2]), normal([1, 2, 3, 2])];
  const f = (...[q, k, v]: Tensor[]): Tensor => attention(q!, k!, v!, { mask });
  checkGradient((...xs) => sum(mul(f(...xs), dy)), inputs, gradients(f, inputs, dy));
});

describe("lengths, prefix and slopes say what a mask or a bias would", () => {
  const [t, s] = [4, 6];
  const inputs = [normal([2, 2, t, 3]), normal([2, 2, s, 3]), normal([2, 2, s, 3])];
  const same = (options: AttentionOptions, expected: (...xs: Tensor[]) => Tensor): void => {
    const f = (...[q, k, v]: Tensor[]): Tensor => attention(q!, k!, v!, options);
    expectClose(f(...inputs), Array.from(expected(...inputs).dataSync()));
    const grads = gradients(f, inputs);
    for (const [i, grad] of gradients(expected, inputs).entries()) {
      expectClose(grads[i]!, Array.from(grad.dataSync()));
    }
    expectNoLeak(() => gradients(f, inputs));
  };
  const masked =
    (...masks: Tensor[]) =>
    (...[q, k, v]: Tensor[]): Tensor =>
      attention(q!, k!, v!, { mask: combineMasks(...masks) });
  const int32 = (values: number[]): Tensor => tensor(values, [values.length], "int32");

  test("lengths", () => {
    same({ mask: "none", lengths: int32([5, 0]) }, masked(paddingMask([5, 0], s)));
    same({ lengths: int32([3, 6]) }, masked(causalMask(t, s), paddingMask([3, 6], s)));
    const mask = tensor([1, 0, 1, 1, 0, 1], [s], "bool");
    same({ mask, lengths: int32([1, 6]) }, masked(mask, paddingMask([1, 6], s)));
  });

  test("prefix: the last four rows of the whole mask, since the queries are the last positions", () => {
    const whole = slice(prefixMask([5, 2], s), [0, 0, s - t, 0], [2, 1, t, s]);
    same({ prefix: int32([5, 2]) }, masked(whole));
    same({ prefix: int32([5, 2]), lengths: int32([4, 6]) }, masked(whole, paddingMask([4, 6], s)));
  });

  test("slopes: −slope·(i − j), by hand", () => {
    // Without queries, scores are the bias alone: the second of two queries is at position 2 and sees keys at
    // distance 2, 1, 0, the first sees 1 and 0.
    const v = tensor([1, 10, 100], [1, 1, 3, 1]);
    const y = attention(zeros([1, 1, 2, 4]), zeros([1, 1, 3, 4]), v, { slopes: tensor([Math.LN2]) });
    expectClose(y, [(0.5 * 1 + 10) / 1.5, (0.25 * 1 + 0.5 * 10 + 100) / 1.75]);
    // Of each head its own; adding the same to a whole row changes nothing, so key positions alone would do.
    const bias = tensor([0.5, 0.25], [2, 1, 1]);
    const slopes = tensor([0.5, 0.25]);
    same({ mask: "none", slopes, scale: 1 }, (q, k, v) => {
      const scores = add(matMul(q!, k!, false, true), mul(bias, range(0, s)));
      return matMul(softmax(scores), v!);
    });
  });

  test("errors teach", () => {
    const f = (options: AttentionOptions) => () => attention(inputs[0]!, inputs[1]!, inputs[2]!, options);
    expect(f({ lengths: int32([1]) })).toThrow(
      "attention: lengths must be int32 of shape [2], one for each sequence, got int32 of shape [1]",
    );
    expect(f({ prefix: tensor([1, 1]) })).toThrow(
      "prefix must be int32 of shape [2], one for each sequence, got float32",
    );
    expect(f({ slopes: tensor([1, 1, 1]) })).toThrow(
      "slopes must be float32 of shape [2], one for each head, got float32 of shape [3]",
    );
    expect(f({ mask: "none", prefix: int32([1, 1]) })).toThrow(
      'prefix widens the mask "causal"; with "none", leave it out',
    );
  });
});

const T = 5;
const leaks: [string, AttentionMask, (i: number, j: number) => boolean][] = [
  ["causal", "causal", (i, j) => j <= i],
  ["prefix", prefixMask(2, T), (i, j) => j <= i || j < 2],
  [
    "packed documents",
    combineMasks(causalMask(T), segmentMask([[1, 1, 2, 2, 2]])),
    (i, j) => j <= i && i < 2 === j < 2,
  ],
];

test.each(leaks)("∂out_i/∂in_j is exactly 0 where the mask forbids: %s", (_, mask, allowed) => {
  const x = normal([1, 2, T, 3]);
  for (let i = 0; i < T; i++) {
    const row = (x: Tensor): Tensor => slice(attention(x, x, x, { mask }), [0, 0, i, 0], [1, 2, 1, 3]);
    const grad = gradients((x) => row(x!), [x])[0]!.dataSync();
    for (let j = 0; j < T; j++) {
      const flows = Array.from(grad).some((value, at) => Math.floor(at / 3) % T === j && value !== 0);
      expect([i, j, flows]).toEqual([i, j, allowed(i, j)]);
    }
  }
});

test("dropout drops weights by the given stream, and is off at 0", () => {
  const [q, k] = [normal([1, 1, 4, 2]), normal([1, 1, 4, 2])];
  const v = ones([1, 1, 4, 1]);
  const draw = (seed: number): number[] =>
    Array.from(withRandom(new Random(seed), () => attention(q, k, v, { dropout: 0.5 })).dataSync());
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  // The mean of values that are all 1 is 1 unless weights were dropped or scaled.
  expectClose(attention(q, k, v, { dropout: 0 }), [1, 1, 1, 1]);
  expect(draw(1).some((value) => Math.abs(value - 1) > 1e-3)).toBe(true);
});

test("no tensor stays behind, in forward and in backward", () => {
  const inputs = [normal([1, 2, 3, 4]), normal([1, 2, 3, 4]), normal([1, 2, 3, 4])];
  for (const mask of ["causal", "none", paddingMask([2], 3)] as AttentionMask[]) {
    const f = (...[q, k, v]: Tensor[]): Tensor => attention(q!, k!, v!, { mask });
    expectNoLeak(() => f(...inputs));
    expectNoLeak(() => gradients(f, inputs));
  }
});

test("shape errors teach", () => {
  const q = zeros([1, 2, 3, 4]);
  expect(() => attention(zeros([3, 4]), q, q)).toThrow("q [B,N,T,H] and k [B,N,S,H] must agree");
  expect(() => attention(q, zeros([1, 1, 3, 4]), q)).toThrow("got [1,2,3,4] and [1,1,3,4]");
  expect(() => attention(q, q, zeros([1, 2, 2, 4]))).toThrow("v must have shape [1,2,3,…] to match k, got [1,2,2,4]");
  expect(() => attention(q, q, q, { mask: ones([3, 3]) })).toThrow("must be boolean");
  expect(() => attention(q, slice(q, [0, 0, 0, 0], [1, 2, 2, 4]), zeros([1, 2, 2, 4]))).toThrow("T = 3, S = 2");
});
