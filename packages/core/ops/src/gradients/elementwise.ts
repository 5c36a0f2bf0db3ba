// dL/dx for the elementwise ops of one input: dy times the derivative.

import {
  add,
  cast,
  cos,
  div,
  exp,
  type GradConfig,
  greaterEqual,
  lessEqual,
  logicalAnd,
  mul,
  neg,
  scalar,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  step,
  sub,
  type Tensor,
  zerosLike,
} from "@tensorflow/tfjs-core";

/** Derivative from the input (`x`) or from the output (`y`), whichever is cheaper. */
const fromInput = (kernelName: string, gradient: (dy: Tensor, x: Tensor) => Tensor): GradConfig => ({
  kernelName,
  inputsToSave: ["x"],
  gradFunc: (dy, [x]) => ({ x: () => gradient(dy as Tensor, x as Tensor) }),
});

const fromOutput = (kernelName: string, gradient: (dy: Tensor, y: Tensor) => Tensor): GradConfig => ({
  kernelName,
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({ x: () => gradient(dy as Tensor, y as Tensor) }),
});

const one = (): Tensor => scalar(1);

export const elementwiseGradients: GradConfig[] = [
  fromInput("Abs", (dy, x) => mul(dy, sign(x))),
  fromInput("Cos", (dy, x) => neg(mul(dy, sin(x)))),
  fromInput("Erf", (dy, x) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
  fromOutput("Exp", (dy, y) => mul(dy, y)),
  fromInput("Log", (dy, x) => div(dy, x)),
  fromInput("Log1p", (dy, x) => div(dy, add(x, one()))),
  { kernelName: "Neg", gradFunc: (dy) => ({ x: () => neg(dy as Tensor) }) },
  fromOutput("Reciprocal", (dy, y) => neg(mul(dy, square(y)))),
  fromInput("Relu", (dy, x) => mul(dy, step(x))),
  fromOutput("Rsqrt", (dy, y) => mul(dy, mul(mul(y, square(y)), -0.5))),
  fromOutput("Sigmoid", (dy, y) => mul(dy, mul(y, sub(one(), y)))),
  fromInput("Sin", (dy, x) => mul(dy, cos(x))),
  fromInput("Softplus", (dy, x) => mul(dy, sigmoid(x))),
  fromInput("Sqrt", (dy, x) => div(dy, mul(sqrt(x), 2))),
  fromInput("Square", (dy, x) => mul(dy, mul(x, 2))),
  fromOutput("Tanh", (dy, y) => mul(dy, sub(one(), square(y)))),
  {
    kernelName: "ClipByValue",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const { clipValueMin, clipValueMax } = attrs as unknown as { clipValueMin: number; clipValueMax: number };
      const inside = (): Tensor =>
        logicalAnd(greaterEqual(x as Tensor, clipValueMin), lessEqual(x as Tensor, clipValueMax));
      return { x: () => mul(dy as Tensor, cast(inside(), "float32")) };
    },
  },
  // Steps have derivative zero almost everywhere.
  ...["Step", "Sign", "Floor", "Ceil", "Round", "ZerosLike", "OnesLike"].map(
    (kernelName): GradConfig => ({ kernelName, gradFunc: (dy) => ({ x: () => zerosLike(dy as Tensor) }) }),
  ),
];
