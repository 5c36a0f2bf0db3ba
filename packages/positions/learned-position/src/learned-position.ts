// A learned vector for each position: rows [offset, offset + T) of a table.
//
//   P_TD = table[offset … offset + T)
//
// Source: GPT-2 (Radford et al. 2019) and BERT (https://arxiv.org/abs/1810.04805) add it to the token
// embeddings. The rows are contiguous, so this is a slice, not a look-up: its gradient is a pad.
// Shapes: T time, D model dim.

import { registerGradients } from "@llm/ops";
import { slice, type Tensor } from "@tensorflow/tfjs-core";

/**
 * The position vectors of `length` tokens that start at `offset`.
 *
 * @param table_TD [maxLength, D]
 * @param length number of positions, from 0
 * @param offset position of the first; with a cache, the number of tokens in it
 * @returns [length, D]; add it to token embeddings [B, length, D]
 * @throws Error when the table does not reach that far
 */
export function learnedPosition(table_TD: Tensor, length: number, offset = 0): Tensor {
  if (table_TD.rank !== 2) {
    throw new Error(`learnedPosition: table must be [maxLength, dim], got shape [${table_TD.shape}]`);
  }
  const [maxLength, dim] = table_TD.shape as [number, number];
  for (const [name, value] of Object.entries({ length, offset })) {
    if (!Number.isInteger(value) || value < 0) {
      throw new Error(`learnedPosition: ${name} must be a whole number of at least 0, got ${value}`);
    }
  }
  if (offset + length > maxLength) {
    throw new Error(
      `learnedPosition: positions ${offset} … ${offset + length - 1} exceed the table's ${maxLength} rows; crop the input to the model's maximal length`,
    );
  }
  registerGradients();
  return slice(table_TD, [offset, 0], [length, dim]);
}
