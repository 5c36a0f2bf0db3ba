// Activations and gated linear units.

import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type Binding, binding } from "../binding.js";

// Numbers of cpp/activation.h by the names of `@llm/activations`.
const kinds: Readonly<Record<string, number>> = { gelu: 0, gelu_tanh: 1, silu: 2, relu: 3, squared_relu: 4 };

/** The kernel `name` and its gradient; `kind` gives the activation's number and, for swish, β. */
function activationPair<A>(name: string, kind: (attrs: A) => [kind: string, beta?: number]): Binding[] {
  const number = (attrs: A): number => kinds[kind(attrs)[0]] as number;
  return [
    binding<{ x: TensorInfo }, A>(name, ({ inputs: { x }, attrs, backend }) => {
      const y = backend.output(x.shape);
      const size = util.sizeFromShape(x.shape);
      backend.call("activation", number(attrs), backend.address(x), y.address, size, kind(attrs)[1] ?? 1);
      return y.info;
    }),
    binding<{ dy: TensorInfo; x: TensorInfo }, A>(`${name}Grad`, ({ inputs: { dy, x }, attrs, backend }) => {
      const dx = backend.output(x.shape);
      const size = util.sizeFromShape(x.shape);
      const pointers = [backend.address(dy), backend.address(x), dx.address];
      backend.call("activation_grad", number(attrs), ...pointers, size, kind(attrs)[1] ?? 1);
      return dx.info;
    }),
  ];
}

/** Bindings of cpp/activation.h. */
export const activation: readonly Binding[] = [
  ...activationPair<{ approximation: "none" | "tanh" }>("Gelu", ({ approximation }) => [
    approximation === "tanh" ? "gelu_tanh" : "gelu",
  ]),
  ...activationPair<{ beta: number }>("Swish", ({ beta }) => ["silu", beta]),
  ...activationPair("SquaredRelu", () => ["squared_relu"]),
  binding<{ gate: TensorInfo; up: TensorInfo }, { activation: string }>(
    "GLU",
    ({ inputs: { gate, up }, attrs: { activation }, backend }) => {
      const kind = kinds[activation];
      if (kind === undefined) return undefined;
      const y = backend.output(gate.shape);
      const size = util.sizeFromShape(gate.shape);
      backend.call("glu", kind, backend.address(gate), backend.address(up), y.address, size);
      return y.info;
    },
  ),
  binding<{ dy: TensorInfo; gate: TensorInfo; up: TensorInfo }, { activation: string }>(
    "GLUGrad",
    ({ inputs: { dy, gate, up }, attrs: { activation }, backend }) => {
      const kind = kinds[activation];
      if (kind === undefined) return undefined;
      const [dgate, dup] = [backend.output(gate.shape), backend.output(gate.shape)];
      const pointers = [dy, gate, up].map((tensor) => backend.address(tensor));
      backend.call("glu_grad", kind, ...pointers, dgate.address, dup.address, util.sizeFromShape(gate.shape));
      return [dgate.info, dup.info];
    },
  ),
];
