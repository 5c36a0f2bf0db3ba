// The float32 matrix product C = op(A)·op(B), near the peak of the multiply-add units.
//
//   for each block of K (depth KC):            a slice of both operands that the caches can hold
//     pack B into panels of NR columns         shared by all threads
//     for each group of rows:                  one task, or a few with a stretch of the columns each
//       pack A into panels of MR rows          in the thread's own cache
//       for each tile of C (MR×NR):            all of it in registers
//         for k: C_tile += a_k · b_kᵀ          MR broadcasts × NR/W vectors
//
// K is never shared out, so every element is the same sum in the same order for any number of threads. A panel of B
// (KC·NR floats) stays in the first-level cache while a group's panels of A pass by it from the second.
// Source: Goto, van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 2008; the order of the
// loops around the inner kernel follows Van Zee, van de Geijn, "BLIS", ACM TOMS 2015.

#ifndef LLM_GEMM_H
#define LLM_GEMM_H

#include "gemm-pack.h"
#include "kernel.h"
#include "vec.h"

namespace LLM_ISA {

#if defined(__AVX512F__)
constexpr int MR = 8, NV = 3;
#else
constexpr int MR = 6, NV = 2;
#endif
constexpr int NR = NV * W;
constexpr int KC = 256;
constexpr size_t GROUP = 8 * MR;  // rows of A that one task works on

/** What a product is given besides its operands. */
struct Product {
  size_t m, n, k;
  Strided a, b;
  float* c;
  size_t ldc;
  const float* bias;  // [n], or null
  bool accumulate;    // add to what C holds
};

/**
 * One tile: C[rows, columns] = (or +=) Σ_k a[k]·b[k]. A is a packed panel, or, with IN_PLACE, MR rows of the matrix itself
 * with `a_step` floats from row to row: where rows are contiguous, packing would only cost.
 */
template <bool IN_PLACE>
LLM_INLINE void tile(int depth, const float* a, size_t a_step, const float* b, float* c, size_t ldc, int rows, int columns,
                     bool add, const float* bias) {
  const float* row_of[MR];
  // Rows that are not there: the last one again, whose products nobody stores.
  for (int i = 0; i < MR; i++) row_of[i] = a + (i < rows ? i : rows - 1) * a_step;
  vf sum[MR][NV];
#pragma GCC unroll 16
  for (int i = 0; i < MR; i++)
#pragma GCC unroll 4
    for (int j = 0; j < NV; j++) sum[i][j] = splat(0);
  // C is far away: fetch it while the products run.
  for (int i = 0; i < MR; i++)
    for (int j = 0; j < NV; j++) __builtin_prefetch(c + (i < rows ? i : 0) * ldc + j * W, 1);
#pragma GCC unroll 2
  for (int k = 0; k < depth; k++, a += MR, b += NR) {
    vf row[NV];
#pragma GCC unroll 4
    for (int j = 0; j < NV; j++) row[j] = load(b + j * W);
#pragma GCC unroll 16
    for (int i = 0; i < MR; i++) {
      vf x = splat(IN_PLACE ? row_of[i][k] : a[i]);
#pragma GCC unroll 4
      for (int j = 0; j < NV; j++) sum[i][j] = fma(x, row[j], sum[i][j]);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < MR; i++) {
    if (i >= rows) return;
#pragma GCC unroll 4
    for (int j = 0; j < NV; j++) {
      int lanes = columns - j * W;
      if (lanes <= 0) break;
      float* to = c + i * ldc + j * W;
      vf value = sum[i][j];
      if (lanes >= W) {
        if (bias) value = value + load(bias + j * W);
        store(to, add ? load(to) + value : value);
      } else {
        if (bias) value = value + load_part(bias + j * W, lanes);
        store_part(to, lanes, add ? load_part(to, lanes) + value : value);
      }
    }
  }
}

LLM_INLINE size_t panels(size_t n, size_t width) { return (n + width - 1) / width; }

/** Floats of scratch that a product needs on so many threads. */
static inline size_t scratch_floats(const Product& p, int threads) {
  size_t depth = p.k < (size_t)KC ? p.k : (size_t)KC;
  return (threads * GROUP + panels(p.n, NR) * NR) * depth + 64;
}

/** Depth of the blocks of K: as even as possible, so that none is thin. */
static inline int block_depth(size_t k) {
  size_t blocks = panels(k, KC);
  return (int)panels(k, blocks ? blocks : 1);
}

/** Panels q … of one operand for a block of K. */
template <int R>
static void pack(const Strided& m, size_t lines, size_t from, size_t to, size_t start, int depth, float* out) {
  for (size_t q = from; q < to && q * R < lines; q++, out += (size_t)R * depth) {
    int count = (int)(lines - q * R < (size_t)R ? lines - q * R : R);
    pack_panel<R>(m, q * R, count, start, depth, out);
  }
}

/** The product; `each(count, f)` runs f(i, thread) for each i below count, on `threads` threads or one. */
template <typename Each>
static void multiply(const Product& p, float* scratch, int threads, Each each) {
  const int depth_most = block_depth(p.k);
  const size_t b_panels = panels(p.n, NR);
  const size_t group_panels = GROUP / MR, groups = panels(p.m, GROUP);
  const size_t strip = 4;
  // Wide tasks pack a group of A once for many columns; narrow ones share out few groups evenly.
  size_t stretch = b_panels;
  while (stretch > 8 && groups * panels(b_panels, stretch) < 6 * (size_t)threads) stretch = (stretch + 1) / 2;
  if (stretch > 24) stretch = 24;
  const size_t stretches = panels(b_panels, stretch);
  float* const b_packed = scratch + threads * GROUP * depth_most;
  for (size_t start = 0; start < p.k; start += depth_most) {
    const int depth = (int)(p.k - start < (size_t)depth_most ? p.k - start : depth_most);
    const bool last = start + depth == p.k;
    each(panels(b_panels, strip), [&](size_t i, int) {
      pack<NR>(p.b, p.n, i * strip, (i + 1) * strip, start, depth, b_packed + i * strip * NR * depth);
    });
    each(groups * stretches, [&](size_t i, int thread) {
      const size_t group = i % groups, from = i / groups * stretch;
      const size_t to = from + stretch < b_panels ? from + stretch : b_panels;
      float* const a_packed = scratch + thread * GROUP * depth_most;
      const bool in_place = p.a.inner == 1;
      const float* a_rows = p.a.data + group * GROUP * p.a.outer + start;
      if (!in_place) pack<MR>(p.a, p.m, group * group_panels, (group + 1) * group_panels, start, depth, a_packed);
      const size_t rows_left = p.m - group * GROUP < GROUP ? p.m - group * GROUP : GROUP;
      for (size_t jr = from; jr < to; jr++) {
        int columns = (int)(p.n - jr * NR < (size_t)NR ? p.n - jr * NR : NR);
        const float* bias = last && p.bias ? p.bias + jr * NR : nullptr;
        float* c = p.c + group * GROUP * p.ldc + jr * NR;
        for (size_t row = 0; row < rows_left; row += MR) {
          int rows = (int)(rows_left - row < (size_t)MR ? rows_left - row : MR);
          const float* b = b_packed + jr * NR * depth;
          const bool add = p.accumulate || start > 0;
          if (in_place) {
            tile<true>(depth, a_rows + row * p.a.outer, p.a.outer, b, c + row * p.ldc, p.ldc, rows, columns, add, bias);
          } else {
            tile<false>(depth, a_packed + row * depth, 0, b, c + row * p.ldc, p.ldc, rows, columns, add, bias);
          }
        }
      }
    });
  }
}

}  // namespace LLM_ISA

#endif
