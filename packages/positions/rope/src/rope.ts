// Rotates pairs of features by an angle that grows with the position, so that the product of a query and a
// key depends on their distance alone.
//
//   (x_a, x_b) → (x_a cos pθ_i − x_b sin pθ_i,  x_b cos pθ_i + x_a sin pθ_i)
//
// Source: Su et al., "RoFormer", https://arxiv.org/abs/2104.09864. The pair (a, b) is (2i, 2i+1) in the layout
// "interleaved" (the paper, Meta's LLaMA, GPT-J, ChatGLM2) and (i, i + headDim/2) in "half" (Hugging Face,
// GPT-NeoX, Falcon). Both give the same scores once the rows of the query and key weights are permuted.
// Computed as x ⊙ C + (x·J) ⊙ S, where J, of zeros and ±1, turns each pair by 90°: the product is exact, and on
// tfjs' `wasm` it is two to four times faster, forward and backward, than slices and a concatenation.
// Shapes: B batch, N heads, T time, H head dim, R rotated features (R ≤ H, R = 2·pairs).

import { type Contract, defineOp, product, registerGradients } from "@llm/ops";
import { add, concat, mul, ones, reshape, slice, stack, type Tensor, tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { rowsAt } from "./positions.js";
import type { RopeTable } from "./table.js";

/** Which features form a pair. */
export type RopeLayout = "half" | "interleaved";

/** A fused kernel `Rope` takes x, cos and sin [rows, R/2], and the attributes `layout` and `offset`. */
export const ropeContract: Contract = { name: "Rope", differentiable: ["x"], saved: ["cos", "sin"] };

/** What a rotation may be told. */
export interface RopeOptions {
  /** Default "half", as Hugging Face stores weights. */
  layout?: RopeLayout;
  /** Position of the first token; with a cache, the number of tokens in it. Default 0. */
  offset?: number;
  /**
   * Instead of `offset`: the position of each token, int32 [T], or [B, T] where sequences differ (which runs the
   * composite, since fused kernels know one table for all sequences).
   */
  positions?: Tensor;
}

interface Attrs {
  layout: RopeLayout;
  offset: number;
}

const op = defineOp<{ x: Tensor; cos: Tensor; sin: Tensor }, Attrs>({
  contract: ropeContract,
  composite: ({ x, cos, sin }, { layout, offset }) => {
    const time = x.shape.at(-2) as number;
    const rows = (table: Tensor): Tensor => slice(table, [offset, 0], [time, -1]);
    return rotated(x, rows(cos), rows(sin), layout);
  },
});

/** cos and sin [..., T, R/2] broadcast to x [..., T, H]. */
function rotated(x: Tensor, cos: Tensor, sin: Tensor, layout: RopeLayout): Tensor {
  const headDim = x.shape.at(-1) as number;
  const turned = product(x, quarterTurn(headDim, cos.shape.at(-1) as number, layout));
  return add(mul(x, perFeature(cos, headDim, layout, ones)), mul(turned, perFeature(sin, headDim, layout, zeros)));
}

/**
 * Rotates queries or keys by their positions.
 *
 * Where the table covers fewer than H features, the first R are rotated and the others pass through (partial
 * rotary).
 *
 * @param x_BNTH [..., T, H]
 * @param table from `ropeTable`, [length, R/2] each
 * @returns the same shape
 * @throws Error when positions exceed the table, or the table is wider than the head
 */
export function rope(x_BNTH: Tensor, table: RopeTable, options: RopeOptions = {}): Tensor {
  const { layout = "half", offset = 0, positions } = options;
  checkTable(x_BNTH, table);
  if (layout !== "half" && layout !== "interleaved") {
    throw new Error(`rope: layout must be "half" or "interleaved", got ${JSON.stringify(layout)}`);
  }
  const time = x_BNTH.shape.at(-2) as number;
  if (!positions) {
    checkOffset(offset, time, table.cos.shape[0] as number);
    return tidy(() => op({ x: x_BNTH, ...table }, { layout, offset }));
  }
  if (offset) throw new Error("rope: give either offset or positions, not both");
  registerGradients();
  return tidy(() => {
    const { cos, sin } = rowsAt(table, positions, time, x_BNTH.rank === 4 ? x_BNTH.shape[0] : undefined);
    return cos.rank === 2 ? op({ x: x_BNTH, cos, sin }, { layout, offset: 0 }) : rotated(x_BNTH, cos, sin, layout);
  });
}

function checkTable(x: Tensor, { cos, sin }: RopeTable): void {
  if (cos.rank !== 2 || cos.shape.join() !== sin.shape.join()) {
    throw new Error(`rope: cos and sin must both be [length, headDim/2], got [${cos.shape}] and [${sin.shape}]`);
  }
  if (x.rank < 2) throw new Error(`rope: x must be [..., time, headDim], got shape [${x.shape}]`);
  const [headDim, pairs] = [x.shape.at(-1), cos.shape[1]] as [number, number];
  if (2 * pairs > headDim) {
    throw new Error(`rope: the table rotates ${2 * pairs} features, but x [${x.shape}] has only ${headDim}`);
  }
}

function checkOffset(offset: number, time: number, length: number): void {
  if (!Number.isInteger(offset) || offset < 0) {
    throw new Error(`rope: offset must be a whole number of at least 0, got ${offset}`);
  }
  if (offset + time > length) {
    throw new Error(
      `rope: positions ${offset} … ${offset + time - 1} exceed the table's ${length}; build it with a larger length`,
    );
  }
}

/** [..., T, R/2] → [..., T, H]: each pair's value at both of its features, and `rest` at those that are not rotated. */
function perFeature(values: Tensor, headDim: number, layout: RopeLayout, rest: (shape: [number]) => Tensor): Tensor {
  const lead = values.shape.slice(0, -1);
  const pairs = values.shape.at(-1) as number;
  const twice =
    layout === "half" ? concat([values, values], -1) : reshape(stack([values, values], -1), [...lead, 2 * pairs]);
  if (headDim === 2 * pairs) return twice;
  return concat([twice, rest([...lead, headDim - 2 * pairs] as unknown as [number])], -1);
}

/** J [H, H] with (x·J)_a = −x_b and (x·J)_b = x_a for each pair. */
function quarterTurn(headDim: number, pairs: number, layout: RopeLayout): Tensor {
  const values = new Float32Array(headDim * headDim);
  for (let i = 0; i < pairs; i++) {
    const [a, b] = layout === "half" ? [i, i + pairs] : [2 * i, 2 * i + 1];
    values[b * headDim + a] = -1;
    values[a * headDim + b] = 1;
  }
  return tensor(values, [headDim, headDim]);
}
