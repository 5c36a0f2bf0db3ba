// Layouts of fused projections. Rows of W [out, in] belong to outputs, so fusing layers is interleaving rows.
//
//   concatenated   q | k | v                       GPT-2, ChatGLM2, gate | up of gated feed-forwards
//   grouped        for each kv head: its q heads, k, v       Falcon-40B; with one query head a group [h, 3, H] it is
//                  BLOOM's, ChatGLM-6B's and GLM-130B's; with one group Falcon-7B's
//
// Letters: N heads, K kv heads, H head dim, I input features.

import { concat, reshape, slice, split, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { RowLayout } from "./map.js";

/**
 * One part after the other.
 * @param rows of each part, or the number of equal parts
 */
export function concatenatedRows(rows: number | readonly number[]): RowLayout {
  return {
    fuse: (parts) => tidy(() => concat([...parts])),
    split: (fused) => {
      if (typeof rows === "number") checkRows(fused, Math.ceil((fused.shape[0] as number) / rows) * rows);
      else checkRows(fused, sum(rows));
      return tidy(() => split(fused, typeof rows === "number" ? rows : [...rows]));
    },
  };
}

/** Sizes of grouped queries, keys and values. */
export interface GroupedHeads {
  heads: number;
  /** Default `heads`. */
  kvHeads?: number;
  headDim: number;
}

/** Queries, keys and values by group: the query heads of a kv head, its keys, its values. */
export function groupedRows({ heads, kvHeads = heads, headDim }: GroupedHeads): RowLayout {
  const groups = [(heads / kvHeads) * headDim, headDim, headDim];
  const perGroup = (x: Tensor, rows: number): Tensor => reshape(x, [kvHeads, rows, ...x.shape.slice(1)]);
  const flat = (x: Tensor): Tensor => reshape(x, [-1, ...x.shape.slice(2)]);
  return {
    fuse: (parts) =>
      tidy(() =>
        flat(
          concat(
            parts.map((x, i) => perGroup(x, groups[i] as number)),
            1,
          ),
        ),
      ),
    split: (fused) => {
      checkRows(fused, kvHeads * sum(groups));
      return tidy(() => {
        const grouped = perGroup(fused, sum(groups));
        const [, , ...rest] = grouped.shape;
        return groups.map((rows, i) =>
          flat(slice(grouped, [0, sum(groups.slice(0, i)), ...rest.map(() => 0)], [kvHeads, rows, ...rest])),
        );
      });
    },
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

function checkRows({ shape }: Tensor, rows: number): void {
  if (shape[0] === rows) return;
  throw new Error(`a fused projection must have ${rows} rows to be split, got shape [${shape}]`);
}
