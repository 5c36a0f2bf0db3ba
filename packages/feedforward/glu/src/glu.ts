// The gated linear unit: one projection, activated, gates another.
//
//   y = act(gate) ⊙ up       GLU with the sigmoid, SwiGLU with SiLU, GeGLU with GELU, ReGLU with ReLU
//
// Sources: Dauphin et al., https://arxiv.org/abs/1612.08083 (GLU); Shazeer, "GLU Variants Improve Transformer", https://arxiv.org/abs/2002.05202. The two projections
// come in separately, as LLaMA stores them; a fused one is split by its owner.
// Shapes: F hidden.

import { type ActivationName, activation as byName } from "@llm/activations";
import { type Contract, defineOp } from "@llm/ops";
import { mul, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** A fused kernel `GLU` takes the attribute `activation`, a name of `@llm/activations` other than "sigmoid". */
export const gluContract: Contract = { name: "GLU", differentiable: ["gate", "up"], saved: ["gate", "up"] };

/** What a gated linear unit may be told. */
export interface GLUOptions {
  /** Default "silu": SwiGLU. */
  activation?: ActivationName;
}

type Inputs = { gate: Tensor; up: Tensor };

const composite = ({ gate, up }: Inputs, { activation }: Required<GLUOptions>): Tensor =>
  mul(byName(activation)(gate), up);

const op = defineOp<Inputs, Required<GLUOptions>>({ contract: gluContract, composite });

/**
 * act(gate) ⊙ up.
 *
 * @param gate_F [..., F], activated
 * @param up_F [..., F], the same shape
 * @returns [..., F]
 * @throws Error when the shapes differ, or the activation is unknown
 */
export function glu(gate_F: Tensor, up_F: Tensor, { activation = "silu" }: GLUOptions = {}): Tensor {
  if (gate_F.shape.join() !== up_F.shape.join()) {
    throw new Error(`glu: gate and up must have the same shape, got [${gate_F.shape}] and [${up_F.shape}]`);
  }
  byName(activation);
  const run = activation === "sigmoid" ? composite : op;
  return tidy(() => run({ gate: gate_F, up: up_F }, { activation }));
}
