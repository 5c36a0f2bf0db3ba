// Ops of two broadcast inputs: each gradient is summed over the dimensions its input was broadcast along.

import {
  add,
  cast,
  div,
  type GradConfig,
  greater,
  greaterEqual,
  lessEqual,
  log,
  mul,
  neg,
  onesLike,
  pow,
  scalar,
  square,
  sub,
  type Tensor,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { sumTo } from "../sum-to.js";

type Side = (dy: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor;

function binary(kernelName: string, da: Side, db: Side, outputsToSave: boolean[] = [false]): GradConfig {
  return {
    kernelName,
    inputsToSave: ["a", "b"],
    outputsToSave,
    gradFunc: (dy, saved) => {
      const [a, b, y] = saved as [Tensor, Tensor, Tensor];
      return { a: () => sumTo(da(dy as Tensor, a, b, y), a.shape), b: () => sumTo(db(dy as Tensor, a, b, y), b.shape) };
    },
  };
}

const float = (x: Tensor): Tensor => (x.dtype === "float32" ? x : cast(x, "float32"));
const indicator = (condition: Tensor): Tensor => cast(condition, "float32");

export const binaryGradients: GradConfig[] = [
  binary(
    "Add",
    (dy) => dy,
    (dy) => dy,
  ),
  binary(
    "Sub",
    (dy) => dy,
    (dy) => neg(dy),
  ),
  binary(
    "Multiply",
    (dy, _, b) => mul(dy, cast(b, "float32")),
    (dy, a) => mul(dy, cast(a, "float32")),
  ),
  binary(
    "RealDiv",
    (dy, _, b) => div(dy, b),
    (dy, a, b) => neg(div(mul(dy, a), square(b))),
  ),
  binary(
    "SquaredDifference",
    (dy, a, b) => mul(dy, mul(sub(a, b), 2)),
    (dy, a, b) => mul(dy, mul(sub(b, a), 2)),
  ),
  // Equal values share the gradient with the first side, as tfjs does.
  binary(
    "Maximum",
    (dy, a, b) => mul(dy, indicator(greaterEqual(a, b))),
    (dy, a, b) => mul(dy, indicator(greater(b, a))),
  ),
  binary(
    "Minimum",
    (dy, a, b) => mul(dy, indicator(lessEqual(a, b))),
    (dy, a, b) => mul(dy, indicator(greater(a, b))),
  ),
  binary(
    "Pow",
    (dy, a, b) => mul(dy, mul(float(b), pow(a, sub(b, scalar(1, b.dtype as "float32"))))),
    // a^b·ln a, with the limit 0 at a = 0.
    (dy, a, _, y) => mul(dy, mul(y, where(greater(a, 0), log(where(greater(a, 0), a, onesLike(a))), zerosLike(a)))),
    [true],
  ),
  {
    kernelName: "Select",
    inputsToSave: ["condition"],
    gradFunc: (dy, [condition]) => ({
      condition: () => cast(zerosLike(condition as Tensor), "float32"),
      t: () => where(condition as Tensor, dy as Tensor, zerosLike(dy as Tensor)),
      e: () => where(condition as Tensor, zerosLike(dy as Tensor), dy as Tensor),
    }),
  },
  {
    kernelName: "AddN",
    saveAllInputs: true,
    gradFunc: (dy, saved) => Object.fromEntries(saved.map((_, i) => [i, () => add(dy as Tensor, 0)])),
  },
];
