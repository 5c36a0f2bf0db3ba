// Thin products: few rows of A, as when a model generates one token, so that reading B is all the work.
//
//   B stored [n, k] (a weight as PyTorch keeps it): each output is a dot product of two contiguous rows.
//   B stored [k, n]: C's row grows by a_k times B's row k, in strips of columns that stay in registers.
//
// Nothing is packed: every element of B is read once, in order, at the speed of the memory. Each output is one thread's.

#ifndef LLM_MATVEC_H
#define LLM_MATVEC_H

#include "gemm.h"
#include "kernel.h"
#include "vec.h"

namespace LLM_ISA {

constexpr size_t THIN = 4;  // rows up to which reading B, not multiplying, takes the time

static inline bool is_thin(const Product& p) {
  return p.m <= THIN && p.k > 0 && p.a.k_step == 1 && (p.b.k_step == 1 || p.b.lane_step == 1);
}

LLM_INLINE float dot(const float* a, const float* b, size_t n) {
  vf s[4] = {splat(0), splat(0), splat(0), splat(0)};
  size_t i = 0;
  for (; i + 4 * W <= n; i += 4 * W) {
LLM_UNROLL
    for (int j = 0; j < 4; j++) s[j] = fma(load(a + i + j * W), load(b + i + j * W), s[j]);
  }
  for (; i + W <= n; i += W) s[0] = fma(load(a + i), load(b + i), s[0]);
  if (i < n) s[1] = fma(load_part(a + i, (int)(n - i)), load_part(b + i, (int)(n - i)), s[1]);
  return sum((s[0] + s[1]) + (s[2] + s[3]));
}

static void multiply_thin(const Product& p) {
  auto put = [&](size_t i, size_t j, int lanes, vf value) {
    finish(value, p.c, p.finish, i * p.ldc + j, j, lanes);
  };
  if (p.b.k_step == 1) {
    parallel_ranges(p.n, (double)p.k * p.m, [&](size_t begin, size_t end, int) {
      for (size_t j = begin; j < end; j++)
        for (size_t i = 0; i < p.m; i++)
          put(i, j, 1, splat(dot(p.a.at + i * p.a.lane_step, p.b.at + j * p.b.lane_step, p.k)));
    });
    return;
  }
  const size_t strip = 8 * W;
  parallel_ranges(ceil_div(p.n, strip), (double)p.k * strip * p.m, [&](size_t begin, size_t end, int) {
    for (size_t j = begin * strip; j < end * strip && j < p.n; j += strip) {
      const size_t width = least(strip, p.n - j);
      for (size_t i = 0; i < p.m; i++) {
        const float* a = p.a.at + i * p.a.lane_step;
        const float* b = p.b.at + j;
        if (width < strip) {
          each_vector(width, [&](size_t v, int lanes) {
            vf s = splat(0);
            for (size_t k = 0; k < p.k; k++) s = fma(splat(a[k]), load_lanes(b + k * p.b.k_step + v, lanes), s);
            put(i, j + v, lanes, s);
          });
          continue;
        }
        vf s[8] = {};
        for (size_t k = 0; k < p.k; k++) {
LLM_UNROLL
          for (int v = 0; v < 8; v++) s[v] = fma(splat(a[k]), load(b + k * p.b.k_step + v * W), s[v]);
        }
        for (int v = 0; v < 8; v++) put(i, j + v * W, W, s[v]);
      }
    }
  });
}

}  // namespace LLM_ISA

#endif
