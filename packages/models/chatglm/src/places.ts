// Where the tokens of blank infilling stand, read from the special tokens among them.
//
//   given …, [MASK], given …, start, a, b, …      text position:  0 1 2 …, then the mask's for all that fills it
//                                                 blank position: 0 0 0 …, then 1 2 3 …
//
// What is given is seen by all; what follows the start token is written from left to right. A row without a start token
// is plain text. Source: Du et al., "GLM", arXiv:2103.10360, §2.1; `get_masks` and `get_position_ids` of ChatGLM-6B. With
// one position (GLM-130B), a long blank [gMASK] counts on and a short one stands still.

import type { GLMConfig } from "./glm-config.js";

/** What a row begins with. */
export interface RowPlan {
  /** How many tokens are given: those before the start token; 0 for plain text. */
  given: number;
  /** Text position of what fills the blank; undefined when positions count on. */
  slot: number | undefined;
}

/**
 * Reads the plan of a row.
 *
 * @param ids the row from its beginning
 */
export function planOf(ids: ArrayLike<number>, { tokens, positions }: Required<GLMConfig>): RowPlan {
  const row = Array.from(ids);
  const given = row.indexOf(tokens.start);
  if (given < 0) return { given: 0, slot: undefined };
  const before = row.slice(0, given);
  const blank = Math.max(before.lastIndexOf(tokens.mask), before.lastIndexOf(tokens.gmask));
  const long = blank >= 0 && row[blank] === tokens.gmask;
  return { given, slot: blank < 0 || (positions === "1d" && long) ? undefined : blank };
}

/**
 * Text and blank positions of tokens from `offset` on.
 *
 * @returns int32 values [2][length]
 */
export function placesOf({ given, slot }: RowPlan, offset: number, length: number): Int32Array {
  const places = new Int32Array(2 * length);
  for (let i = 0; i < length; i++) {
    const at = offset + i;
    const written = given > 0 && at >= given;
    places[i] = written && slot !== undefined ? slot : at;
    places[length + i] = written ? at - given + 1 : 0;
  }
  return places;
}
