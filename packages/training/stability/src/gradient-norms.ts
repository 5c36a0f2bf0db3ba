// How large the gradients of each part of a model are, step by step.
//
// A spike shows in the embedding's gradient before it shows in the loss (GLM-130B, arXiv:2210.02414, figure 4), and a
// Post-LN model's last layers have gradients far above its first (Xiong et al., arXiv:2002.04745).

import { dispose, sqrt, square, stack, sum, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** The part of a model that a parameter belongs to: `layers.3`, or its first name. */
export function layerOf(name: string): string {
  return name.match(/^(?:.*?\.)?(?:layers|h|blocks?)\.\d+/)?.[0] ?? (name.split(".")[0] as string);
}

/**
 * The 2-norm of the gradients of each part.
 *
 * @param groupOf the part that a parameter belongs to; default `layerOf`
 */
export async function gradientNorms(
  grads: ReadonlyMap<string, Tensor>,
  groupOf: (name: string) => string = layerOf,
): Promise<Map<string, number>> {
  const members = new Map<string, Tensor[]>();
  for (const [name, grad] of grads) {
    const group = groupOf(name);
    members.set(group, [...(members.get(group) ?? []), grad]);
  }
  if (members.size === 0) return new Map();
  const norms = tidy(() =>
    stack([...members.values()].map((each) => sqrt(sum(stack(each.map((g) => sum(square(g)))))))),
  );
  const values = await norms.data();
  dispose(norms);
  return new Map([...members.keys()].map((group, i) => [group, values[i] as number]));
}

/** Norms by step, the newest `size` of them. */
export class GradientHistory {
  readonly size: number;
  #steps: { step: number; norms: ReadonlyMap<string, number> }[] = [];

  /** @param size steps that are kept. Default 1000. */
  constructor(size = 1000) {
    this.size = size;
  }

  push(step: number, norms: ReadonlyMap<string, number>): void {
    this.#steps.push({ step, norms });
    if (this.#steps.length > this.size) this.#steps.shift();
  }

  /** The steps that are kept, oldest first. */
  get steps(): number[] {
    return this.#steps.map(({ step }) => step);
  }

  /** The norms of one part; NaN where it had no gradient. */
  series(group: string): number[] {
    return this.#steps.map(({ norms }) => norms.get(group) ?? Number.NaN);
  }

  /** The parts, in the order in which they first came. */
  get groups(): string[] {
    return [...new Set(this.#steps.flatMap(({ norms }) => [...norms.keys()]))];
  }

  /** The part whose newest norm is the largest multiple of its median: where trouble starts. */
  hottest(): { group: string; ratio: number } | undefined {
    const ratios = this.groups.map((group) => {
      const series = this.series(group).filter((norm) => !Number.isNaN(norm));
      const median = [...series].sort((a, b) => a - b)[Math.floor((series.length - 1) / 2)] as number;
      return { group, ratio: (series.at(-1) as number) / median };
    });
    return ratios.sort((a, b) => b.ratio - a.ratio)[0];
  }
}
