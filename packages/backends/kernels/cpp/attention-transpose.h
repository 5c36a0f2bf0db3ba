// Rows as attention needs them: as columns, or by whole vectors.
//
// W × W floats are transposed in registers: pairs, then quarters of vectors are interleaved, and quarters put together.

#ifndef LLM_ATTENTION_TRANSPOSE_H
#define LLM_ATTENTION_TRANSPOSE_H

#include "vec.h"

namespace LLM_ISA {

#if defined(__AVX512F__)
LLM_INLINE void transpose(vf r[W]) {
  __m512 a[16], b[16];
LLM_UNROLL
  for (int i = 0; i < 16; i += 2) {
    a[i] = _mm512_unpacklo_ps((__m512)r[i], (__m512)r[i + 1]);
    a[i + 1] = _mm512_unpackhi_ps((__m512)r[i], (__m512)r[i + 1]);
  }
LLM_UNROLL
  for (int i = 0; i < 16; i += 4) {
    for (int j = 0; j < 2; j++) {
      __m512d low = _mm512_castps_pd(a[i + j]), high = _mm512_castps_pd(a[i + j + 2]);
      b[i + 2 * j] = _mm512_castpd_ps(_mm512_unpacklo_pd(low, high));
      b[i + 2 * j + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low, high));
    }
  }
  // Quarter q of b[4g + j] is column 4q + j of rows 4g … 4g + 3.
LLM_UNROLL
  for (int j = 0; j < 4; j++) {
    __m512 even0 = _mm512_shuffle_f32x4(b[j], b[4 + j], 0x88), even1 = _mm512_shuffle_f32x4(b[8 + j], b[12 + j], 0x88);
    __m512 odd0 = _mm512_shuffle_f32x4(b[j], b[4 + j], 0xdd), odd1 = _mm512_shuffle_f32x4(b[8 + j], b[12 + j], 0xdd);
    r[j] = (vf)_mm512_shuffle_f32x4(even0, even1, 0x88);
    r[4 + j] = (vf)_mm512_shuffle_f32x4(odd0, odd1, 0x88);
    r[8 + j] = (vf)_mm512_shuffle_f32x4(even0, even1, 0xdd);
    r[12 + j] = (vf)_mm512_shuffle_f32x4(odd0, odd1, 0xdd);
  }
}
#elif defined(__AVX2__)
LLM_INLINE void transpose(vf r[W]) {
  __m256 a[8], b[8];
LLM_UNROLL
  for (int i = 0; i < 8; i += 2) {
    a[i] = _mm256_unpacklo_ps((__m256)r[i], (__m256)r[i + 1]);
    a[i + 1] = _mm256_unpackhi_ps((__m256)r[i], (__m256)r[i + 1]);
  }
LLM_UNROLL
  for (int i = 0; i < 8; i += 4) {
    for (int j = 0; j < 2; j++) {
      __m256d low = _mm256_castps_pd(a[i + j]), high = _mm256_castps_pd(a[i + j + 2]);
      b[i + 2 * j] = _mm256_castpd_ps(_mm256_unpacklo_pd(low, high));
      b[i + 2 * j + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(low, high));
    }
  }
LLM_UNROLL
  for (int j = 0; j < 4; j++) {
    r[j] = (vf)_mm256_permute2f128_ps(b[j], b[4 + j], 0x20);
    r[4 + j] = (vf)_mm256_permute2f128_ps(b[j], b[4 + j], 0x31);
  }
}
#else
LLM_INLINE void transpose(vf r[W]) {
  vf a = r[0], b = r[1], c = r[2], d = r[3];
  for (int i = 0; i < W; i++) r[i] = vf{a[i], b[i], c[i], d[i]};
}
#endif

/** y[c][r] = factor · x[r][c] for `rows` ≤ W rows; the columns of y for absent rows become zeros. */
static void rows_to_columns(const float* x, size_t x_stride, int rows, int columns, float factor, float* y,
                            size_t y_stride) {
  for (int c = 0; c < columns; c += W) {
    int lanes = columns - c < W ? columns - c : W;
    vf r[W];
    for (int i = 0; i < W; i++) r[i] = i < rows ? load_lanes(x + i * x_stride + c, lanes) * factor : vf{};
    transpose(r);
    for (int i = 0; i < lanes; i++) store(y + (c + i) * y_stride, r[i]);
  }
}

/** y[r][c] = factor[r] · x[c][r], for the first `rows` ≤ W columns of x. */
static void columns_to_rows(const float* x, size_t x_stride, int rows, int columns, vf factor, float* y,
                            size_t y_stride) {
  for (int c = 0; c < columns; c += W) {
    int lanes = columns - c < W ? columns - c : W;
    vf r[W];
    for (int i = 0; i < W; i++) r[i] = i < lanes ? load(x + (c + i) * x_stride) * factor : vf{};
    transpose(r);
    for (int i = 0; i < rows; i++) store_lanes(y + i * y_stride + c, lanes, r[i]);
  }
}

/** n rounded up to whole vectors. */
LLM_INLINE size_t whole(int n) { return (size_t)(n + W - 1) / W * W; }

/** Rows at a distance of whole(columns): where they lie if that is so already, else copied to `scratch`. */
static const float* whole_rows(const float* x, int rows, int columns, float* scratch) {
  const size_t stride = whole(columns);
  if (stride == (size_t)columns) return x;
  for (int r = 0; r < rows; r++)
    each_vector(columns, [&](size_t c, int lanes) {
      store(scratch + r * stride + c, load_lanes(x + (size_t)r * columns + c, lanes));
    });
  return scratch;
}

/** Σ_c x[r][c] · y[r][c] for each of `rows` ≤ W rows. */
static vf row_products(const float* x, const float* y, size_t stride, int rows, int columns) {
  vf r[W];
  for (int i = 0; i < W; i++) {
    r[i] = vf{};
    if (i >= rows) continue;
    each_vector(columns, [&](size_t c, int lanes) {
      r[i] = fma(load_lanes(x + i * stride + c, lanes), load_lanes(y + i * stride + c, lanes), r[i]);
    });
  }
  transpose(r);
  for (int half = W / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) r[i] = r[i] + r[i + half];
  return r[0];
}

}  // namespace LLM_ISA

#endif
