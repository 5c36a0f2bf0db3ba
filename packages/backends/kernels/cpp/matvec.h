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

static inline void clear(const Product& p) {
  for (size_t i = 0; i < p.m; i++) {
    for (size_t j = 0; j < p.n; j++) {
      float value = p.bias ? p.bias[j] : 0;
      p.c[i * p.ldc + j] = p.accumulate ? p.c[i * p.ldc + j] + value : value;
    }
  }
}

static inline bool is_thin(const Product& p) {
  return p.m <= THIN && p.a.inner == 1 && (p.b.inner == 1 || p.b.outer == 1);
}

LLM_INLINE float dot(const float* a, const float* b, size_t n) {
  vf s[4] = {splat(0), splat(0), splat(0), splat(0)};
  size_t i = 0;
  for (; i + 4 * W <= n; i += 4 * W) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) s[j] = fma(load(a + i + j * W), load(b + i + j * W), s[j]);
  }
  for (; i + W <= n; i += W) s[0] = fma(load(a + i), load(b + i), s[0]);
  if (i < n) s[1] = fma(load_part(a + i, (int)(n - i)), load_part(b + i, (int)(n - i)), s[1]);
  return sum((s[0] + s[1]) + (s[2] + s[3]));
}

LLM_INLINE void put(const Product& p, size_t i, size_t j, int lanes, vf value) {
  float* to = p.c + i * p.ldc + j;
  if (p.bias) value = value + load_lanes(p.bias + j, lanes);
  store_lanes(to, lanes, p.accumulate ? load_lanes(to, lanes) + value : value);
}

static void multiply_thin(const Product& p) {
  if (p.b.inner == 1) {
    parallel_ranges(p.n, (double)p.k * p.m, [&](size_t begin, size_t end, int) {
      for (size_t j = begin; j < end; j++) {
        for (size_t i = 0; i < p.m; i++) {
          float value = dot(p.a.data + i * p.a.outer, p.b.data + j * p.b.outer, p.k) + (p.bias ? p.bias[j] : 0);
          float* to = p.c + i * p.ldc + j;
          *to = p.accumulate ? *to + value : value;
        }
      }
    });
    return;
  }
  const size_t strip = 8 * W;
  parallel_ranges(panels(p.n, strip), (double)p.k * strip * p.m, [&](size_t begin, size_t end, int) {
    for (size_t j = begin * strip; j < end * strip && j < p.n; j += strip) {
      size_t width = p.n - j < strip ? p.n - j : strip;
      for (size_t i = 0; i < p.m; i++) {
        const float* a = p.a.data + i * p.a.outer;
        if (width == strip) {
          vf s[8];
          for (int v = 0; v < 8; v++) s[v] = splat(0);
          for (size_t k = 0; k < p.k; k++) {
            const float* b = p.b.data + k * p.b.inner + j;
#pragma GCC unroll 8
            for (int v = 0; v < 8; v++) s[v] = fma(splat(a[k]), load(b + v * W), s[v]);
          }
          for (int v = 0; v < 8; v++) put(p, i, j + v * W, W, s[v]);
        } else {
          each_vector(width, [&](size_t v, int lanes) {
            vf s = splat(0);
            for (size_t k = 0; k < p.k; k++) s = fma(splat(a[k]), load_lanes(p.b.data + k * p.b.inner + j + v, lanes), s);
            put(p, i, j + v, lanes, s);
          });
        }
      }
    }
  });
}

}  // namespace LLM_ISA

#endif
