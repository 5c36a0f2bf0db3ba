// Activations by name, as configurations spell them.

import type { Tensor } from "@tensorflow/tfjs-core";
import { gelu } from "./gelu.js";
import { relu, squaredRelu } from "./relu.js";
import { sigmoid } from "./sigmoid.js";
import { silu } from "./swish.js";

/** What a configuration may name. */
export type ActivationName = "gelu" | "gelu_tanh" | "relu" | "sigmoid" | "silu" | "squared_relu";

const activations: ReadonlyMap<string, (x: Tensor) => Tensor> = new Map<ActivationName, (x: Tensor) => Tensor>([
  ["gelu", (x) => gelu(x)],
  ["gelu_tanh", (x) => gelu(x, { approximation: "tanh" })],
  ["relu", relu],
  ["sigmoid", sigmoid],
  ["silu", silu],
  ["squared_relu", squaredRelu],
]);

// Other systems' names for the same functions.
const synonyms: ReadonlyMap<string, ActivationName> = new Map([
  ["gelu_new", "gelu_tanh"],
  ["gelu_fast", "gelu_tanh"],
  ["gelu_pytorch_tanh", "gelu_tanh"],
  ["swish", "silu"],
  ["relu2", "squared_relu"],
]);

/**
 * The activation of that name.
 *
 * @throws Error listing the names there are; for a name that Hugging Face uses it says which is meant
 */
export function activation(name: ActivationName): (x: Tensor) => Tensor {
  const found = activations.get(name);
  if (found) return found;
  const meant = synonyms.get(name);
  const hint = meant ? `; Hugging Face's "${name}" is "${meant}" here` : "";
  throw new Error(
    `activation: unknown name ${JSON.stringify(name)}, try one of ${[...activations.keys()].join(", ")}${hint}`,
  );
}
