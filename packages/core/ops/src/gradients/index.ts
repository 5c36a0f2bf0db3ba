// The gradients of every tfjs op that the house uses.
//
// In Node, tfjs-core registers none; and some of its own are wrong or cannot run everywhere (BatchMatMul
// with broadcasting, look-ups on `wasm`). These are registered by a call, and replace what is there.

import { type GradConfig, registerGradient } from "@tensorflow/tfjs-core";
import { improveWasm } from "../wasm.js";
import { binaryGradients } from "./binary.js";
import { elementwiseGradients } from "./elementwise.js";
import { gatherGradients } from "./gather.js";
import { productGradients } from "./product.js";
import { reduceGradients } from "./reduce.js";
import { shapeGradients } from "./shape.js";

const all: GradConfig[] = [
  ...binaryGradients,
  ...elementwiseGradients,
  ...gatherGradients,
  ...productGradients,
  ...reduceGradients,
  ...shapeGradients,
];

let registered = false;

/**
 * Registers our gradients with tfjs; calling it again costs nothing.
 *
 * `valueAndGrads`, `gradients` and all ops of the house call it by themselves. Call it before `tf.grad` or
 * `tf.variableGrads`.
 */
export function registerGradients(): void {
  improveWasm();
  if (registered) return;
  registered = true;
  for (const gradient of all) registerGradient(gradient);
}

/** Names of the tfjs kernels that `registerGradients` covers. */
export function coveredKernels(): string[] {
  return all.map(({ kernelName }) => kernelName).sort();
}
