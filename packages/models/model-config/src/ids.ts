// Token ids on their way into a model.
// Shapes: B batch, T time.

import type { Tensor } from "@tensorflow/tfjs-core";

/** How many positions a model has, and how many are taken. */
export interface IdLimits {
  /** Positions of the model; `Infinity` where positions are relative. */
  maxLength: number;
  /** Positions in the cache already. Default 0. */
  offset?: number;
}

/**
 * Ids must be a matrix that the model has positions for.
 *
 * @param model whose ids they are, for the error
 * @param ids_BT int32 [B, T]
 * @throws Error when ids are not int32 [B, T] with at least one id, or reach beyond `maxLength`
 */
export function checkIds(model: string, ids_BT: Tensor, { maxLength, offset = 0 }: IdLimits): void {
  if (ids_BT.rank !== 2 || ids_BT.dtype !== "int32" || ids_BT.size === 0) {
    throw new Error(
      `${model}: ids must be int32 [batch, time] with at least one id, got ${ids_BT.dtype} [${ids_BT.shape}]; create them with tensor2d(rows, shape, "int32")`,
    );
  }
  const length = offset + (ids_BT.shape[1] as number);
  if (length <= maxLength) return;
  const cached = offset > 0 ? ` (${offset} of them in the cache)` : "";
  throw new Error(
    `${model}: ${length} positions${cached} exceed the model's maxLength of ${maxLength}; keep the last ${maxLength} ids, or build a model with a longer maxLength`,
  );
}
