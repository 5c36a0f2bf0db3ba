// Where the tokens of blank infilling stand, found from the special tokens among them.
//
//   given …, [MASK], given …, start, a, b, …      text position:  0 1 2 …, then the mask's for all that fills it
//                                                 blank position: 0 0 0 …, then 1 2 3 …
//
// What is given is seen by all; what follows the start token is written from left to right. A row without a start token
// is plain text. Source: Du et al., "GLM", arXiv:2103.10360, §2.1; `get_masks` and `get_position_ids` of ChatGLM-6B. With
// one position (GLM-130B), a long blank [gMASK] counts on, and a short one or a sentence stands still.
//
// All of it is arithmetic on tensors: reading ids back would make a GPU wait, and WebGPU cannot do so at once.
// Shapes: B batch, T time.

import {
  add,
  cast,
  equal,
  expandDims,
  greater,
  greaterEqual,
  less,
  logicalAnd,
  max,
  maximum,
  mul,
  range,
  scalar,
  stack,
  sub,
  type Tensor,
  tidy,
  where,
} from "@tensorflow/tfjs-core";
import type { GLMConfig } from "./glm-config.js";

/** What each row begins with. */
export interface RowPlans {
  /** int32 [B]: how many tokens are given, those before the start token; 0 for plain text. */
  given: Tensor;
  /** int32 [B]: text position of what fills the blank; -1 when positions count on. */
  slot: Tensor;
}

const int = (value: number): Tensor => scalar(value, "int32");

/**
 * The plans of rows. The caller disposes them.
 *
 * @param ids_BT int32 [B, T], the rows from their beginning
 */
export function plansOf(
  ids_BT: Tensor,
  { tokens, positions }: Pick<Required<GLMConfig>, "tokens" | "positions">,
): RowPlans {
  const { given, slot } = tidy(() => {
    const { mask, smask, gmask, start } = tokens;
    const t = ids_BT.shape[1] as number;
    const place_T = range(0, t, 1, "int32");
    const is = (id: number): Tensor => cast(equal(ids_BT, int(id)), "int32");
    // The first start token is the one with the most places behind it; without any, start is t.
    const start_B = sub(int(t), max(mul(is(start), sub(int(t), place_T)), 1));
    const given_B = mul(start_B, cast(less(start_B, int(t)), "int32"));
    const before_BT = cast(less(place_T, expandDims(given_B, 1)), "int32");
    const last = (id: number): Tensor => sub(max(mul(mul(is(id), before_BT), add(place_T, int(1))), 1), int(1));
    const short_B = smask === undefined ? last(mask) : maximum(last(mask), last(smask));
    const long_B = last(gmask);
    const slot_B = positions === "1d" ? where(greater(long_B, short_B), int(-1), short_B) : maximum(short_B, long_B);
    return { given: given_B, slot: slot_B };
  });
  return { given, slot };
}

/**
 * Text and blank positions of tokens from `offset` on.
 *
 * @returns int32 [B, 2, T]
 */
export function placesOf({ given, slot }: RowPlans, offset: number, length: number): Tensor {
  return tidy(() => {
    const at_T = range(offset, offset + length, 1, "int32");
    const [given_B1, slot_B1] = [expandDims(given, 1), expandDims(slot, 1)];
    const written_BT = logicalAnd(greater(given_B1, int(0)), greaterEqual(at_T, given_B1));
    const still_BT = logicalAnd(written_BT, greaterEqual(slot_B1, int(0)));
    const inBlank_BT = add(sub(at_T, given_B1), int(1));
    return stack([where(still_BT, slot_B1, at_T), where(written_BT, inBlank_BT, int(0))], 1);
  });
}
