// What dropout must compute.

import { dropout as drop } from "@llm/dropout";
import { Random } from "@llm/random";
import { add, concat } from "@tensorflow/tfjs-core";
import { agree, normal } from "./agree.js";

/** Defines the tests for a registered backend. */
export function dropout(backend: string): void {
  const exactly = { kernels: ["Dropout", "DropoutGrad"], tolerance: 0 };
  for (const [n, position, rate] of [
    [1, 0, 0.5],
    [1, 3, 1e-9],
    [15, 1, 0.9999999999],
    [16, 2, 0.1],
    [31, 33, 0.5],
    [32, 0, 0.3],
    [33, 61, 0.3],
    [100_003, 5, 0.1],
    // Where the block's number leaves 32 bits.
    [300, 2 ** 34 - 150, 0.5],
    [300, 2 ** 48 + 1, 0.5],
  ] as const) {
    const draw = (): Random => Random.from({ key: [0xdeadbeef, 0x9abcdef0], position });
    agree(
      backend,
      `dropout of ${n} at ${rate} from word ${position}`,
      (x) => drop(x, rate, { random: draw() }),
      [normal([n])],
      exactly,
    );
  }
  // The second mask begins where the first ended.
  const twice = (x: Parameters<typeof drop>[0]) => {
    const random = new Random([1, 2]);
    return concat([drop(x, 0.4, { random }), drop(add(x, 1), 0.4, { random })]);
  };
  agree(backend, "dropout twice from one stream", twice, [normal([37])], exactly);
  agree(backend, "dropout of nothing", (x) => drop(x, 0.4, { random: new Random(1) }), [normal([0])], {
    kernels: ["Dropout"],
    differentiate: [],
  });
}
