// What adamw must compute.

import { AdamW } from "@llm/adamw";
import { clipByGlobalNorm, globalNorm } from "@llm/grad-clip";
import type { MachineBackend } from "@llm/kernels";
import {
  backend as activeBackend,
  clone,
  concat,
  memory,
  reshape,
  setBackend,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { agree, type Input, normal } from "./agree.js";

// Around the vectors' widths, and one that several threads share.
const sizes = [1, 15, 16, 17, 0, 8191, 100_003];

const flat = (x: Tensor): Tensor => reshape(x, [x.size]);

/** Parameters, moments and all after three steps with the given gradients, in one row. */
function threeSteps(gradScale: number): (...xs: Tensor[]) => Tensor {
  return (...xs) => {
    const count = xs.length / 2;
    const parameters = new Map(xs.slice(0, count).map((x, i) => [`p${i}`, variable(x)]));
    const grads = new Map(xs.slice(count).map((x, i) => [`p${i}`, x]));
    const optimizer = new AdamW(parameters, { weightDecay: 0.1, decay: (name) => name !== "p1" });
    for (const lr of [0.1, 0.02, 0.3]) optimizer.step(grads, lr, gradScale);
    const moments = [...optimizer.stateDict()].flatMap(([key, x]) => (key.startsWith("exp") ? [x] : []));
    const result = concat([...parameters.values(), ...moments].map(flat));
    for (const parameter of parameters.values()) parameter.dispose();
    optimizer.dispose();
    return result;
  };
}

/** Defines the tests for a registered backend. */
export function adamw(backend: string): void {
  const inputs: Input[] = [
    ...sizes.map((n) => normal([n], { seed: n + 1 })),
    ...sizes.map((n) => normal([n], { seed: n + 2 })),
  ];
  for (const gradScale of [1, 0.3]) {
    agree(backend, `AdamW with gradients scaled by ${gradScale}`, threeSteps(gradScale), inputs, {
      kernels: ["AdamW"],
      differentiate: [],
    });
  }

  test("AdamW changes no tensor but the variables, whose data it updates in place", async () => {
    await setBackend(backend);
    const initial = tensor([1, 2, 3]);
    const weight = variable(initial);
    const optimizer = new AdamW(new Map([["w", weight]]));
    const grads = new Map([["w", tensor([1, -1, 0.5])]]);
    optimizer.step(grads, 0.5);
    expect(Array.from(initial.dataSync())).toEqual([1, 2, 3]);
    const [id, taken] = [weight.dataId, Array.from(weight.dataSync())];
    optimizer.step(grads, 0.5);
    expect(weight.dataId).toBe(id);
    expect(Array.from(weight.dataSync())).not.toEqual(taken);
    const [snapshot, values] = [clone(weight), Array.from(weight.dataSync())];
    optimizer.step(grads, 0.5);
    expect(Array.from(snapshot.dataSync())).toEqual(values);
    expect(weight.dataId).not.toBe(id);
    for (const x of [initial, weight, snapshot, ...grads.values(), optimizer]) x.dispose();
  });

  test("a hundred steps of AdamW and clipping take no more memory than one", async () => {
    await setBackend(backend);
    const parameters = new Map(sizes.map((n, i) => [`p${i}`, variable(tensor(normal([n]).values))]));
    const optimizer = new AdamW(parameters);
    const { pool } = activeBackend() as MachineBackend;
    const step = (): void => {
      const grads = new Map(sizes.map((n, i) => [`p${i}`, tensor(normal([n], { seed: 5 }).values)]));
      const { grads: clipped, norm } = clipByGlobalNorm(grads, 1);
      optimizer.step(clipped, 1e-3);
      optimizer.step(grads, 1e-3, 0.5);
      for (const x of [...grads.values(), ...clipped.values(), norm]) x.dispose();
    };
    const used = (): number[] => [memory().numTensors, pool.bytes.inUse, pool.bytes.inUse + pool.bytes.kept];
    step();
    const before = used();
    for (let i = 0; i < 100; i++) step();
    expect(used()).toEqual(before);
    for (const parameter of parameters.values()) parameter.dispose();
    optimizer.dispose();
  });

  const all = (...xs: Tensor[]): Map<string, Tensor> => new Map(xs.map((x, i) => [`${i}`, x]));
  const gradients = sizes.map((n) => normal([n], { seed: n + 3 }));
  agree(backend, "the global norm", (...xs) => globalNorm(all(...xs)), gradients, {
    kernels: ["GlobalNorm"],
    differentiate: [],
  });
  for (const maxNorm of [1, 1e6, Number.POSITIVE_INFINITY]) {
    const f = (...xs: Tensor[]): Tensor => {
      const { grads, norm } = clipByGlobalNorm(all(...xs), maxNorm);
      return concat([...grads.values(), norm].map(flat));
    };
    agree(backend, `gradients clipped to ${maxNorm}`, f, gradients, {
      kernels: ["ClipByGlobalNorm"],
      differentiate: [],
    });
  }
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const given: Input = { shape: [3], values: [1, bad, 2] };
    agree(
      backend,
      `clipping gradients that hold ${bad}`,
      (x) => clipByGlobalNorm(all(x), 1).grads.get("0") as Tensor,
      [given],
      { kernels: ["ClipByGlobalNorm"], differentiate: [] },
    );
  }

  test("gradients below the limit share their memory", async () => {
    await setBackend(backend);
    const given = tensor([3, 4]);
    const { grads, norm } = clipByGlobalNorm(all(given), 6);
    expect((grads.get("0") as Variable).dataId).toBe(given.dataId);
    for (const x of [given, norm, ...grads.values()]) x.dispose();
  });
}
