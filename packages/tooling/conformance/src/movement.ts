// What kernels that only move values must do.

import * as tf from "@tensorflow/tfjs-core";
import { agree, integers, normal } from "./agree.js";

/** Defines the tests for a registered backend. */
export function movement(backend: string): void {
  transposes(backend);
  parts(backend);
  const slices: [number[], number[], number[]][] = [
    [
      [7, 5],
      [2, 0],
      [3, 5],
    ],
    [
      [7, 5],
      [0, 1],
      [7, 2],
    ],
    [
      [3, 4, 5, 6],
      [1, 0, 2, 3],
      [2, 4, 1, 1],
    ],
    [[4], [4], [0]],
  ];
  for (const [shape, begin, size] of slices) {
    agree(backend, `slice of [${shape}] at [${begin}], [${size}]`, (x) => tf.slice(x, begin, size), [normal(shape)], {
      kernels: ["Slice"],
      differentiate: size.includes(0) ? [] : [0],
    });
  }
  const [a, b, c] = [normal([3, 2, 5]), normal([3, 4, 5], { seed: 2 }), normal([3, 0, 5])];
  agree(backend, "concat in the middle", (...xs) => tf.concat(xs, 1), [a, b, c], {
    kernels: ["Concat"],
    differentiate: [0, 1],
  });
  agree(backend, "concat at the end", (x, y) => tf.concat([x, y], -1), [a, normal([3, 2, 1])], { kernels: ["Concat"] });
  const padded: [number, number][] = [
    [1, 0],
    [0, 2],
    [3, 1],
  ];
  agree(backend, "pad", (x) => tf.pad(x, padded, -1.5), [a], { kernels: ["PadV2"], differentiate: [] });
  agree(backend, "tile", (x) => tf.tile(x, [2, 3]), [normal([3, 5])], { kernels: ["Tile"], differentiate: [] });
  const gathered = { kernels: ["GatherV2"] };
  agree(backend, "gather rows", (x, i) => tf.gather(x, i), [normal([9, 7]), integers([4, 3], 0, 9)], gathered);
  agree(backend, "gather in the middle", (x, i) => tf.gather(x, i, 1), [normal([2, 9, 3]), integers([5], 0, 9)], {
    ...gathered,
    differentiate: [],
  });
  agree(backend, "identity and reshape", (x) => tf.reshape(tf.clone(x), [5, 6]), [a], {
    kernels: ["Identity", "Reshape"],
  });
}

/** tfjs' own kernels may return a part of their input's array; the input's memory is then used again. */
function parts(backend: string): void {
  const cut = (x: tf.Tensor): tf.Tensor =>
    tf.tidy(() => {
      const halves = tf.tidy(() => tf.split(tf.add(x, 0), 2));
      const noise = [1, 2, 3, 4].map((i) => tf.fill(x.shape, i)); // what takes the freed memory
      return tf.add(halves[1] as tf.Tensor, tf.slice(noise[3] as tf.Tensor, 0, 3));
    });
  agree(backend, "parts of a tensor outlive it", cut, [normal([6, 5])], { kernels: ["Fill"], differentiate: [] });
}

function transposes(backend: string): void {
  const cases: [number[], number[]][] = [
    [
      [5, 7],
      [1, 0],
    ],
    [
      [33, 65],
      [1, 0],
    ],
    [
      [2, 3, 4, 5],
      [0, 2, 1, 3],
    ],
    [
      [2, 3, 17, 35],
      [0, 1, 3, 2],
    ],
    [
      [2, 3, 4, 5],
      [3, 1, 0, 2],
    ],
    [
      [2, 3, 4, 5, 6],
      [4, 2, 0, 3, 1],
    ],
    [
      [6, 1, 5],
      [1, 0, 2],
    ],
    [
      [0, 4],
      [1, 0],
    ],
  ];
  for (const [shape, perm] of cases) {
    agree(backend, `transpose of [${shape}] to [${perm}]`, (x) => tf.transpose(x, perm), [normal(shape)], {
      kernels: ["Transpose"],
      differentiate: shape.includes(0) ? [] : [0],
    });
  }
}
