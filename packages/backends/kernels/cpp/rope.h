// Rotary position embedding, and its gradient: the rotation by the opposite angle.
//
//   (x_a, x_b) → (x_a cos − x_b sin, x_b cos + x_a sin)
//
// The pair (a, b) is (i, i + pairs) in the layout "half", (2i, 2i + 1) in "interleaved"; features from 2·pairs on pass
// through. Interleaved pairs are turned without taking them apart: with each angle at both of its features and the
// neighbors swapped, y = x ⊙ C + swap(x) ⊙ S, where S has −sin at the even features. C and S of a position are made once
// and serve the rows of all batches and heads.

#ifndef LLM_ROPE_H
#define LLM_ROPE_H

#include "kernel.h"
#include "vec.h"

namespace LLM_ISA {

/** The lanes 1, 0, 3, 2, …. */
LLM_INLINE vf swap_neighbors(vf v) {
#if defined(__AVX512F__)
  return (vf)_mm512_permute_ps((__m512)v, 0xb1);
#elif defined(__AVX2__)
  return (vf)_mm256_permute_ps((__m256)v, 0xb1);
#else
  return __builtin_shufflevector(v, v, 1, 0, 3, 2);
#endif
}

LLM_INLINE void rotate_half(const float* x, const float* cos, const float* sin, float sign, float* y, size_t pairs) {
  each_vector(pairs, [&](size_t i, int lanes) {
    vf a = load_lanes(x + i, lanes), b = load_lanes(x + pairs + i, lanes);
    vf c = load_lanes(cos + i, lanes), s = load_lanes(sin + i, lanes) * sign;
    store_lanes(y + i, lanes, a * c - b * s);
    store_lanes(y + pairs + i, lanes, b * c + a * s);
  });
}

/** `both` is C, then S, of 2·pairs features each. */
LLM_INLINE void rotate_interleaved(const float* x, const float* both, float* y, size_t pairs) {
  const float *c = both, *s = both + 2 * pairs;
  each_vector(2 * pairs, [&](size_t i, int lanes) {
    vf v = load_lanes(x + i, lanes);
    store_lanes(y + i, lanes, v * load_lanes(c + i, lanes) + swap_neighbors(v) * load_lanes(s + i, lanes));
  });
}

/**
 * x, y [rows, time, dim]; cos, sin [time, pairs], already at the offset; sign −1 turns back. `interleaved` is 0 or 1.
 */
static void rope(const float* x, const float* cos, const float* sin, float* y, size_t rows, size_t time, size_t dim,
                 size_t pairs, int interleaved, float sign) {
  float* table = nullptr;
  if (interleaved) {
    table = (float*)llm_scratch(0, (time * 4 * pairs + 1) * sizeof(float));
    parallel_ranges(time, 4.0 * pairs, [&](size_t begin, size_t end, int) {
      for (size_t t = begin; t < end; t++) {
        float *c = table + t * 4 * pairs, *s = c + 2 * pairs;
        for (size_t i = 0; i < pairs; i++) {
          c[2 * i] = c[2 * i + 1] = cos[t * pairs + i];
          s[2 * i] = -sign * sin[t * pairs + i];
          s[2 * i + 1] = sign * sin[t * pairs + i];
        }
      }
    });
  }
  parallel_ranges(rows * time, (double)dim * 2, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++) {
      const size_t t = r % time;
      const float* in = x + r * dim;
      float* out = y + r * dim;
      if (interleaved) rotate_interleaved(in, table + t * 4 * pairs, out, pairs);
      else rotate_half(in, cos + t * pairs, sin + t * pairs, sign, out, pairs);
      if (dim > 2 * pairs) __builtin_memcpy(out + 2 * pairs, in + 2 * pairs, (dim - 2 * pairs) * sizeof(float));
    }
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_ROPE LLM_KERNEL(rope),

#endif
