// One training step of a small GPT-2 as plain tfjs gives it: its own ops, its own gradients, AdamW from its ops. The
// baseline that our backends are held against.
//
// tfjs' wasm backend has no UnsortedSegmentSum, so the gradient of a look-up fails there: the embedding is a product
// with one-hot rows, as its users must write it.
// Shapes: B batch, T time, D model dim, N heads, H head dim, V vocabulary.

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";

/** Sizes of the model and of a batch. */
export interface Sizes {
  layers: number;
  heads: number;
  dim: number;
  context: number;
  batch: number;
  vocab: number;
}

type Weights = Record<string, tf.Variable>;

function weightsOf({ layers, dim, context, vocab }: Sizes): Weights {
  const weights: Weights = {};
  const add = (name: string, ...shape: number[]): void => {
    weights[name] = tf.variable(shape.length === 1 ? tf.ones(shape) : tf.randomNormal(shape, 0, 0.02));
  };
  add("tokens", vocab, dim);
  add("positions", context, dim);
  for (let i = 0; i < layers; i++) {
    for (const name of ["q", "k", "v", "o"]) add(`${i}.${name}`, dim, dim);
    add(`${i}.in`, dim, 4 * dim);
    add(`${i}.out`, 4 * dim, dim);
    for (const name of ["norm1", "norm2"]) add(`${i}.${name}`, dim);
  }
  add("norm", dim);
  return weights;
}

function norm(x: tf.Tensor, gain: tf.Tensor): tf.Tensor {
  const centered = tf.sub(x, tf.mean(x, -1, true));
  return tf.mul(tf.div(centered, tf.sqrt(tf.add(tf.mean(tf.square(centered), -1, true), 1e-5))), gain);
}

const gelu = (x: tf.Tensor): tf.Tensor =>
  tf.mul(
    tf.mul(x, 0.5),
    tf.add(tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), 0.7978845608)), 1),
  );

function logits(
  w: Weights,
  ids_BT: tf.Tensor2D,
  mask_TT: tf.Tensor,
  { layers, heads, dim, context, batch, vocab }: Sizes,
): tf.Tensor {
  const oneHot = tf.oneHot(tf.reshape(ids_BT, [-1]) as tf.Tensor1D, vocab);
  const get = (name: string): tf.Tensor2D => w[name] as unknown as tf.Tensor2D;
  let x: tf.Tensor = tf.reshape(
    tf.add(tf.reshape(tf.matMul(tf.cast(oneHot, "float32"), get("tokens")), [batch, context, dim]), get("positions")),
    [batch * context, dim],
  );
  const split = (y: tf.Tensor): tf.Tensor =>
    tf.transpose(tf.reshape(y, [batch, context, heads, dim / heads]), [0, 2, 1, 3]);
  for (let i = 0; i < layers; i++) {
    const a = norm(x, get(`${i}.norm1`)) as tf.Tensor2D;
    const [q, k, v] = ["q", "k", "v"].map((name) => split(tf.matMul(a, get(`${i}.${name}`)))) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(dim / heads)), mask_TT);
    const mixed = tf.reshape(tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]), [batch * context, dim]);
    x = tf.add(x, tf.matMul(mixed as tf.Tensor2D, get(`${i}.o`)));
    const b = norm(x, get(`${i}.norm2`)) as tf.Tensor2D;
    x = tf.add(x, tf.matMul(gelu(tf.matMul(b, get(`${i}.in`))) as tf.Tensor2D, get(`${i}.out`)));
  }
  return tf.matMul(norm(x, get("norm")) as tf.Tensor2D, get("tokens"), false, true);
}

/** A function that runs one step (forward, backward, clipping, AdamW) and waits for its loss. */
export function plainTraining(sizes: Sizes): () => Promise<number> {
  const { context, batch, vocab } = sizes;
  const w = weightsOf(sizes);
  const moments = Object.fromEntries(
    Object.entries(w).map(([name, v]) => [name, [tf.variable(tf.zerosLike(v)), tf.variable(tf.zerosLike(v))] as const]),
  );
  const mask = tf.tensor2d(
    Array.from({ length: context }, (_, i) => Array.from({ length: context }, (_, j) => (j > i ? -1e9 : 0))),
  );
  const tokens = (): tf.Tensor2D => tf.randomUniform([batch, context], 0, vocab, "int32") as tf.Tensor2D;
  let step = 0;
  return async () => {
    step++;
    const loss = tf.tidy(() => {
      const [inputs, targets] = [tokens(), tokens()];
      const { value, grads } = tf.variableGrads(() => {
        const log = tf.logSoftmax(logits(w, inputs, mask, sizes));
        const wanted = tf.cast(tf.oneHot(tf.reshape(targets, [-1]) as tf.Tensor1D, vocab), "float32");
        return tf.neg(tf.mean(tf.sum(tf.mul(log, wanted), -1))) as tf.Scalar;
      }, Object.values(w));
      const norm = tf.sqrt(tf.addN(Object.values(grads).map((g) => tf.sum(tf.square(g)))));
      const scale = tf.minimum(tf.div(1, tf.add(norm, 1e-6)), 1);
      for (const [name, v] of Object.entries(w)) {
        const g = tf.mul(grads[v.name] as tf.Tensor, scale);
        const [m, s] = moments[name] as readonly [tf.Variable, tf.Variable];
        m.assign(tf.add(tf.mul(m, 0.9), tf.mul(g, 0.1)));
        s.assign(tf.add(tf.mul(s, 0.95), tf.mul(tf.square(g), 0.05)));
        const update = tf.div(tf.div(m, 1 - 0.9 ** step), tf.add(tf.sqrt(tf.div(s, 1 - 0.95 ** step)), 1e-8));
        v.assign(tf.sub(v, tf.mul(tf.add(update, tf.mul(v, 0.1)), 1e-3)));
      }
      return value;
    });
    const [value] = await loss.data();
    loss.dispose();
    return value as number;
  };
}
