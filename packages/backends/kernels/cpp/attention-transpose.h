// Rows as attention needs them: as columns, or by whole vectors.

#ifndef LLM_ATTENTION_TRANSPOSE_H
#define LLM_ATTENTION_TRANSPOSE_H

#include "transpose.h"
#include "vec.h"

namespace LLM_ISA {

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
