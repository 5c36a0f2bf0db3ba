// Elementwise kernels of tfjs. Types other than float32 (int32 for comparisons) are left to tfjs.

import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { util } from "@tensorflow/tfjs-core";
import { type Binding, binding, type Call } from "../binding.js";
import { broadcastWalk, padded } from "../shapes.js";

const { sizeFromShape } = util;

interface Pair {
  a: TensorInfo;
  b: TensorInfo;
}

interface One {
  x: TensorInfo;
}

/** The four sizes, a's steps and b's steps, as the kernels of broadcast.h take them; undefined for a stranger pattern. */
function broadcastArguments(a: TensorInfo, b: TensorInfo): { shape: number[]; numbers: number[] } | undefined {
  const { shape, walk } = broadcastWalk(a.shape, b.shape);
  const four = padded(walk.sizes.length === 0 ? { sizes: [1], steps: [[1], [1]] } : walk, 4);
  if (!four || four.steps.some((steps) => (steps[3] as number) > 1)) return undefined;
  return { shape, numbers: [...four.sizes, ...(four.steps[0] as number[]), ...(four.steps[1] as number[])] };
}

function binary(name: string, kernel: string): Binding {
  return binding<Pair>(name, ({ inputs: { a, b }, backend }) => {
    if (a.dtype !== "float32" || b.dtype !== "float32") return undefined;
    const plan = broadcastArguments(a, b);
    if (!plan) return undefined;
    const y = backend.output(plan.shape);
    backend.call(kernel, backend.address(a), backend.address(b), y.address, ...plan.numbers);
    return y.info;
  });
}

function comparison(name: string, operation: number): Binding {
  return binding<Pair>(name, ({ inputs: { a, b }, backend }) => {
    if (a.dtype !== b.dtype || (a.dtype !== "float32" && a.dtype !== "int32")) return undefined;
    const plan = broadcastArguments(a, b);
    if (!plan) return undefined;
    const y = backend.output(plan.shape, "bool");
    const [p, q] = [backend.address(a), backend.address(b)];
    backend.call("compare_elements", p, q, y.address, operation, a.dtype === "int32" ? 1 : 0, ...plan.numbers);
    return y.info;
  });
}

function unary(name: string, kernel: string): Binding {
  return binding<One>(name, ({ inputs: { x }, backend }) => {
    if (x.dtype !== "float32") return undefined;
    const y = backend.output(x.shape);
    backend.call(kernel, backend.address(x), y.address, sizeFromShape(x.shape));
    return y.info;
  });
}

const select = binding<{ condition: TensorInfo; t: TensorInfo; e: TensorInfo }>("Select", ({ inputs, backend }) => {
  const { condition, t, e } = inputs;
  const same = condition.shape.join() === t.shape.join() && t.dtype === e.dtype;
  if (!same || (t.dtype !== "float32" && t.dtype !== "int32")) return undefined;
  const y = backend.output(t.shape, t.dtype);
  const [c, p, q] = [backend.address(condition), backend.address(t), backend.address(e)];
  backend.call("select_elements", c, p, q, y.address, sizeFromShape(t.shape));
  return y.info;
});

const clip = binding<One, { clipValueMin: number; clipValueMax: number }>(
  "ClipByValue",
  ({ inputs, attrs, backend }) => {
    const { x } = inputs;
    if (x.dtype !== "float32") return undefined;
    const y = backend.output(x.shape);
    const { clipValueMin, clipValueMax } = attrs;
    backend.call("clip_elements", backend.address(x), y.address, sizeFromShape(x.shape), clipValueMin, clipValueMax);
    return y.info;
  },
);

const conversions = new Map<string, string>([
  ["float32 int32", "float_to_int"],
  ["int32 float32", "int_to_float"],
  ["bool float32", "bool_to_float"],
]);

const cast = binding<One, { dtype: DataType }>("Cast", ({ inputs: { x }, attrs: { dtype }, backend }) => {
  if (x.dtype === dtype) return backend.share(x, x.shape);
  const kernel = conversions.get(`${x.dtype} ${dtype}`);
  if (!kernel) return undefined;
  const y = backend.output(x.shape, dtype);
  backend.call(kernel, backend.address(x), y.address, sizeFromShape(x.shape));
  return y.info;
});

type FillCall = Call<{ x?: TensorInfo }, { shape?: number[]; value?: number | string; dtype?: DataType }>;

function filled(name: string, constant: (call: FillCall) => number | string | undefined): Binding {
  return binding(name, (call: FillCall) => {
    const { inputs, attrs, backend } = call;
    const [shape, dtype] = [inputs.x?.shape ?? attrs.shape ?? [], inputs.x?.dtype ?? attrs.dtype ?? "float32"];
    const value = constant(call);
    if (dtype !== "float32" || typeof value !== "number") return undefined;
    const y = backend.output(shape);
    backend.call("fill_elements", y.address, sizeFromShape(shape), value);
    return y.info;
  });
}

/** Bindings of cpp/elementwise.h. */
export const elementwise: readonly Binding[] = [
  binary("Add", "add"),
  binary("Sub", "subtract"),
  binary("Multiply", "multiply_elements"),
  binary("RealDiv", "divide"),
  binary("SquaredDifference", "squared_difference"),
  binary("Maximum", "maximum"),
  binary("Minimum", "minimum"),
  comparison("Equal", 0),
  comparison("NotEqual", 1),
  comparison("Less", 2),
  comparison("LessEqual", 3),
  comparison("Greater", 4),
  comparison("GreaterEqual", 5),
  unary("Neg", "negate_elements"),
  unary("Abs", "absolute_elements"),
  unary("Square", "square_elements"),
  unary("Sqrt", "sqrt_elements"),
  unary("Rsqrt", "rsqrt_elements"),
  unary("Reciprocal", "reciprocal_elements"),
  unary("Exp", "exp_elements"),
  unary("Log", "log_elements"),
  unary("Tanh", "tanh_elements"),
  unary("Sigmoid", "sigmoid_elements"),
  unary("Relu", "relu_elements"),
  select,
  clip,
  cast,
  filled("Fill", ({ attrs: { value } }) => value),
  filled("ZerosLike", () => 0),
  filled("OnesLike", () => 1),
];
