// Products of operands rounded to bfloat16, summed in float32.
//
// bfloat16 is the upper half of a float32. Everywhere, elements may be rounded while they are packed and multiplied as
// float32. Processors with instructions of their own get pairs of neighbors along K in 32 bits each: tiles of AMX (amx.h)
// on Intel, and on AMD vdpbf16ps, which multiplies and adds such pairs twice as fast as float32. The latter runs in the
// loops of micro.h. (Intel's vdpbf16ps is half as fast as its float32, so there it is not used.) The choice depends on
// the processor alone and not on a measurement, so that a run can be repeated bit by bit. Both treat denormals as 0.
//
// Weights of 8 or 4 bits would be one more `pack_b`: it widens them to pairs with their scale, and nothing else changes.

#ifndef LLM_BF16_H
#define LLM_BF16_H

#include "gemm.h"

namespace LLM_ISA {

/** To the nearest bfloat16, the even one of two, kept as float32. NaN stays NaN. */
struct Round {
  static constexpr bool NOTHING = false;
  LLM_INLINE vf convert(vf x) {
    vi bits = (vi)x;
    vi rounded = (bits + 0x7fff + ((bits >> 16) & 1)) & (int32_t)0xffff0000;
    return select((vi)(x == x), (vf)rounded, x);
  }
};

#if defined(__AVX512F__)
#define LLM_PAIRS __attribute__((target("avx512bf16,avx512bw")))

/** 32 floats as 16 pairs, in their order. */
LLM_PAIRS static inline vf pairs_of_row(vf first, vf second) {
  return (vf)(__m512i)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first);
}

/** Pair i is (even[i], odd[i]). */
LLM_PAIRS static inline vf pairs_of_lanes(vf even, vf odd) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return (vf)_mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh((__m512)odd, (__m512)even));
}

/**
 * 32 steps of K of 16 lanes as 16 vectors of pairs: by lane, or, `by_pair`, by step with the lanes side by side. Lanes
 * and steps that are not there are 0.
 */
LLM_PAIRS static inline void pair_block(vf* v, const Operand& from, int lanes, int depth, bool by_pair) {
  const vf zero = {};
  bool rows = from.k_step == 1 && from.lane_step != 1;
  if (rows) {
    for (int i = 0; i < 16; i++) {
      const float* row = from.at + i * from.lane_step;
      if (i >= lanes) v[i] = zero;
      else if (depth >= 32) v[i] = pairs_of_row(load(row), load(row + 16));
      else if (depth > 16) v[i] = pairs_of_row(load(row), load_part(row + 16, depth - 16));
      else v[i] = pairs_of_row(load_lanes(row, depth), zero);
    }
  } else {
    for (int q = 0; q < 16; q++) {
      const float* even = from.at + 2 * q * from.k_step;
      vf a = 2 * q < depth ? load_lanes(even, lanes) : zero;
      vf b = 2 * q + 1 < depth ? load_lanes(even + from.k_step, lanes) : zero;
      v[q] = pairs_of_lanes(a, b);
    }
  }
  if (rows == by_pair) transpose(v);
}

/** A panel of `stride` pairs per two steps of K, K filled up with zeros to a multiple of 32. */
LLM_PAIRS static void pack_pairs(float* to, size_t stride, const Operand& from, int lanes, size_t depth) {
  for (size_t k = 0; k < depth; k += 32)
    for (int first = 0; first < lanes; first += 16) {
      vf v[16];
      int here = lanes - first < 16 ? lanes - first : 16;
      Operand at = {from.at + first * from.lane_step + k * from.k_step, from.lane_step, from.k_step};
      pair_block(v, at, here, depth - k < 32 ? (int)(depth - k) : 32, true);
      for (int q = 0; q < 16; q++) {
        float* row = to + (k / 2 + q) * stride + first;
        if (stride % 16 == 0) store(row, v[q]);
        else store_lanes(row, here, v[q]);
      }
    }
}

/** acc + the products of both halves. As assembly, because clang 16 runs out of stack on a splat of bfloat16 pairs. */
LLM_INLINE vf multiply_add_pairs(vi a, vf b, vf acc) {
  asm("vdpbf16ps %2, %1, %0" : "+v"(acc) : "v"(b), "v"(a));
  return acc;
}

/** `tile` of micro.h, over pairs. */
template <int R, int V>
static void tile_of_pairs(size_t depth, const float* a, size_t stride_a, const float* b, size_t stride_b, float* c,
                          size_t ldc, int lanes, const Finish& f) {
  vf acc[R][V] = {};
  const int32_t* left = (const int32_t*)a;
  for (size_t k = 0; k < depth; k += 2) {
    vf right[V];
    for (int j = 0; j < V; j++) right[j] = load(b + j * W);
    for (int i = 0; i < R; i++)
      for (int j = 0; j < V; j++) acc[i][j] = multiply_add_pairs(splat_int(left[i]), right[j], acc[i][j]);
    left += stride_a;
    b += stride_b;
  }
  vf sums[R][V];
  for (int i = 0; i < R; i++)
    for (int j = 0; j < V; j++) sums[i][j] = acc[i][j];
  finish_tile<V>(sums[0], R, c, ldc, lanes, f);
}

template <int... I>
static inline const Tile* tiles_of_pairs(int vectors, Indices<I...>) {
  static const Tile one[] = {tile_of_pairs<I + 1, 1>...};
  static const Tile two[] = {tile_of_pairs<I + 1, 2>...};
  static const Tile three[] = {tile_of_pairs<I + 1, TILE_VECTORS>...};
  return vectors == 1 ? one : vectors == 2 ? two : three;
}

/** Arithmetic for `gemm`. */
struct PairProducts {
  static constexpr size_t ROWS = TILE_ROWS, COLUMNS = TILE_COLUMNS, DEPTH = 768;
  static constexpr bool IN_PLACE = false;
  static size_t a_panel(size_t depth) { return (ROWS * depth / 2 + 15) / 16 * 16; }
  static size_t b_panel(size_t depth) { return COLUMNS * depth / 2; }
  static void pack_a(float* to, const Operand& a, int rows, size_t depth) { pack_pairs(to, rows, a, rows, depth); }
  static void pack_b(float* to, const Operand& b, int columns, size_t depth) {
    pack_pairs(to, COLUMNS, b, columns, depth);
  }
  static void begin() {}
  static void end() {}
  static void run(size_t depth, const float* a, size_t, int rows, const float* b, int columns, float* c, size_t ldc,
                  const Finish& f) {
    int vectors = (columns + W - 1) / W;
    const Tile* tiles = tiles_of_pairs(vectors, typename MakeIndices<TILE_ROWS>::type());
    tiles[rows - 1](depth, a, rows, b, COLUMNS, c, ldc, columns - (vectors - 1) * W, f);
  }
};
#endif

}  // namespace LLM_ISA

#endif
