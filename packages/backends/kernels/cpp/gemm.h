// The float32 matrix product C = op(A)·op(B), near the peak of the multiply-add units.
//
//   for each block of K (depth KC):            a slice of both operands that the caches can hold
//     pack A into panels of MR rows, B into panels of NR columns
//     for each tile of C (MR×NR):              all of it in registers
//       for k: C_tile += a_k · b_kᵀ            MR broadcasts × NR/W vectors
//
// The tiles are shared out among the threads; K never is, so every element is the same sum in the same order for any
// number of threads. A panel of B (KC·NR floats) stays in the first-level cache while the panels of A pass by it; a
// group of A's panels stays in the second.
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

/** One tile: C[rows, columns] = (or +=) Σ_k a[k]·b[k]. */
LLM_INLINE void tile(int depth, const float* a, const float* b, float* c, size_t ldc, int rows, int columns, bool add,
                     const float* bias) {
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
      vf x = splat(a[i]);
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

/** Floats of scratch that a product needs. */
static inline size_t scratch_floats(const Product& p) {
  size_t depth = p.k < (size_t)KC ? p.k : (size_t)KC;
  return (panels(p.m, MR) * MR + panels(p.n, NR) * NR) * depth + 64;
}

/** Depth of the blocks of K: as even as possible, so that none is thin. */
static inline int block_depth(size_t k) {
  size_t blocks = panels(k, KC);
  return (int)panels(k, blocks ? blocks : 1);
}

/** The product; `each(count, f)` runs f(i) for each i below count, in parallel or not. */
template <typename Each>
static void multiply(const Product& p, float* scratch, Each each) {
  const int depth_most = block_depth(p.k);
  const size_t a_panels = panels(p.m, MR), b_panels = panels(p.n, NR);
  float* const a_packed = scratch;
  float* const b_packed = scratch + a_panels * MR * depth_most;
  const size_t groups = panels(p.m, GROUP), strips = panels(b_panels, 4);
  for (size_t start = 0; start < p.k; start += depth_most) {
    const int depth = (int)(p.k - start < (size_t)depth_most ? p.k - start : depth_most);
    const bool last = start + depth == p.k;
    each(groups + strips, [&](size_t i) {
      if (i < groups) {
        for (size_t q = i * GROUP / MR; q < (i + 1) * GROUP / MR && q < a_panels; q++) {
          int lines = (int)(p.m - q * MR < (size_t)MR ? p.m - q * MR : MR);
          pack_panel<MR>(p.a, q * MR, lines, start, depth, a_packed + q * MR * depth);
        }
      } else {
        for (size_t q = (i - groups) * 4; q < (i - groups + 1) * 4 && q < b_panels; q++) {
          int lines = (int)(p.n - q * NR < (size_t)NR ? p.n - q * NR : NR);
          pack_panel<NR>(p.b, q * NR, lines, start, depth, b_packed + q * NR * depth);
        }
      }
    });
    // Tasks: a group of rows × a stretch of columns.
    const size_t stretch = 16, stretches = panels(b_panels, stretch);
    each(groups * stretches, [&](size_t i) {
      size_t group = i % groups, from = i / groups * stretch;
      size_t to = from + stretch < b_panels ? from + stretch : b_panels;
      for (size_t jr = from; jr < to; jr++) {
        int columns = (int)(p.n - jr * NR < (size_t)NR ? p.n - jr * NR : NR);
        const float* bias = last && p.bias ? p.bias + jr * NR : nullptr;
        for (size_t ir = group * GROUP / MR; ir < (group + 1) * GROUP / MR && ir < a_panels; ir++) {
          int rows = (int)(p.m - ir * MR < (size_t)MR ? p.m - ir * MR : MR);
          tile(depth, a_packed + ir * MR * depth, b_packed + jr * NR * depth, p.c + ir * MR * p.ldc + jr * NR, p.ldc, rows,
               columns, p.accumulate || start > 0, bias);
        }
      }
    });
  }
}

}  // namespace LLM_ISA

#endif
