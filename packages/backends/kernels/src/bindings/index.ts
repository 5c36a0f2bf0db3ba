import type { Binding } from "../binding.js";
import { activation } from "./activation.js";
import { adamw } from "./adamw.js";
import { attention } from "./attention.js";
import { crossEntropy } from "./cross-entropy.js";
import { dropout } from "./dropout.js";
import { elementwise } from "./elementwise.js";
import { embedding } from "./embedding.js";
import { matmul } from "./matmul.js";
import { movement } from "./movement.js";
import { norm } from "./norm.js";
import { quantized } from "./quantized.js";
import { reduce } from "./reduce.js";
import { rope } from "./rope.js";
import { softmax } from "./softmax.js";

/** Every kernel that machines run. */
export const bindings: readonly Binding[] = [
  ...activation,
  ...adamw,
  ...attention,
  ...crossEntropy,
  ...dropout,
  ...elementwise,
  ...embedding,
  ...matmul,
  ...movement,
  ...norm,
  ...quantized,
  ...reduce,
  ...rope,
  ...softmax,
];
