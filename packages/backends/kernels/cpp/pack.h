// Copies a strip of a matrix into the order in which the innermost loops of a product read it.
//
//   to[k·stride + i] = from[i·lane_step + k·k_step],  i < lanes, k < depth
//
// One of the steps is 1. Where it is the lane's, rows are copied; where it is K's, blocks of W×W are transposed in
// registers. So transposed operands cost the product
// no more than others.

#ifndef LLM_PACK_H
#define LLM_PACK_H

#include "transpose.h"
#include "vec.h"

namespace LLM_ISA {

/** Element (i, k) of an operand stands at at[i·lane_step + k·k_step]. Lanes are rows of A, columns of B. */
struct Operand {
  const float* at;
  size_t lane_step, k_step;
};

/** What becomes of each element on its way: nothing, or (bf16.h) a rounding. */
struct Keep {
  static constexpr bool NOTHING = true;
  LLM_INLINE vf convert(vf x) { return x; }
};

/**
 * Stores W lanes where all of them may be written. Else the panel's stride is `lanes`, and lanes behind them may be
 * written only if what belongs there comes later.
 */
LLM_INLINE void store_lanes_of_panel(float* to, int lanes, bool may_spill, vf v) {
  if (lanes >= W || may_spill) store(to, v);
  else store_part(to, lanes, v);
}

template <typename C>
static void pack_rows(float* to, size_t stride, const Operand& from, int lanes, size_t depth, bool spill) {
  // A load of W lanes of a row that is shorter ends within the next row.
  bool wide = from.k_step >= (size_t)W;
  for (size_t k = 0; k < depth; k++) {
    const float* row = from.at + k * from.k_step;
    for (int i = 0; i < lanes; i += W) {
      int n = lanes - i;
      vf v = n >= W || (wide && k + 1 < depth && spill) ? load(row + i) : load_part(row + i, n);
      store_lanes_of_panel(to + k * stride + i, n, spill, C::convert(v));
    }
  }
}

template <typename C>
static void pack_transposed(float* to, size_t stride, const Operand& from, int lanes, size_t depth, bool spill) {
  for (size_t k = 0; k < depth; k += W) {
    int n = depth - k < (size_t)W ? (int)(depth - k) : W;
    for (int first = 0; first < lanes; first += W) {
      vf v[W];
      for (int i = 0; i < W; i++)
        v[i] = first + i < lanes ? C::convert(load_lanes(from.at + (first + i) * from.lane_step + k, n)) : vf{};
      transpose(v);
      for (int i = 0; i < n; i++) store_lanes_of_panel(to + (k + i) * stride + first, lanes - first, spill, v[i]);
    }
  }
}

/** The strip as a panel. A stride of a multiple of W is filled up with zeros or with what may as well stand there. */
template <typename C>
static void pack(float* to, size_t stride, const Operand& from, int lanes, size_t depth) {
  // One vector per k may write over the beginning of the next k, which follows; panels have W floats to spare.
  bool spill = lanes <= W || stride % W == 0;
  if (from.k_step == 1 && from.lane_step != 1) pack_transposed<C>(to, stride, from, lanes, depth, spill);
  else pack_rows<C>(to, stride, from, lanes, depth, spill);
}

}  // namespace LLM_ISA

#endif
