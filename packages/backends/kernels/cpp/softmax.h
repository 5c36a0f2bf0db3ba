// Softmax of rows, and its gradient; the sum behind a row's normalization, which cross-entropy needs too.
//
//   y = e^{x − max} / Σ e^{x − max},   dx = y ⊙ (dy − Σ dy ⊙ y)
//
// Softmax passes over a row three times, which the caches serve: the largest value, the exponentials with their sum,
// the division. Where the exponentials themselves are not wanted, a row is read once, in blocks that stay in the
// first-level cache, and the sum so far is rescaled when a larger value comes up (Milakov, Gimelshein, "Online normalizer
// calculation for softmax", https://arxiv.org/abs/1805.02867).

#ifndef LLM_SOFTMAX_H
#define LLM_SOFTMAX_H

#include "kernel.h"
#include "row.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

/** The largest value of a row; NaN counts for nothing. */
LLM_INLINE float largest_of_row(const float* x, size_t n) {
  vf low = splat(-__builtin_inff()), a = low, b = low, c = low, d = low;
  size_t i = 0;
  for (; i + 4 * W <= n; i += 4 * W) {
    a = max(load(x + i), a);
    b = max(load(x + i + W), b);
    c = max(load(x + i + 2 * W), c);
    d = max(load(x + i + 3 * W), d);
  }
  each_vector(n - i, [&](size_t k, int lanes) { a = max(load_lanes(x + i + k, lanes, -__builtin_inff()), a); });
  return largest(max(max(a, b), max(c, d)));
}

/** Of a row: its largest value, and Σ e^{x − max}. */
struct Exponentials {
  float max;
  double sum;
};

static inline Exponentials exponentials_of_row(const float* x, size_t n) {
  const size_t block = 2048;
  Exponentials row = {-__builtin_inff(), 0};
  for (size_t begin = 0; begin < n; begin += block) {
    size_t count = n - begin < block ? n - begin : block;
    float top = largest_of_row(x + begin, count);
    if (top > row.max) {
      row.sum *= (double)exp(splat(row.max - top))[0];
      row.max = top;
    }
    // −∞ alone so far: measured from 0, because −∞ − −∞ is NaN.
    const float from = row.max == -__builtin_inff() ? 0 : row.max;
    row.sum += sum_row(count, [&](size_t i, int lanes) {
      return exp(load_lanes(x + begin + i, lanes, -__builtin_inff()) - from);
    });
  }
  return row;
}

/** x, y [rows, dim]. */
static void softmax(const float* x, float* y, size_t rows, size_t dim) {
  parallel_ranges(rows, (double)dim * 4, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++) {
      const float* in = x + r * dim;
      float* out = y + r * dim;
      const float top = largest_of_row(in, dim);
      float total = sum_row(dim, [&](size_t i, int lanes) {
        vf e = exp(load_lanes(in + i, lanes, -__builtin_inff()) - top);
        store_lanes(out + i, lanes, e);
        return e;
      });
      const float scale = 1.0f / total;
      each_vector(dim, [&](size_t i, int lanes) { store_lanes(out + i, lanes, load_lanes(out + i, lanes) * scale); });
    }
  });
}

/** dy, y, dx [rows, dim]. */
static void softmax_grad(const float* dy, const float* y, float* dx, size_t rows, size_t dim) {
  parallel_ranges(rows, (double)dim * 3, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++) {
      const float *d = dy + r * dim, *p = y + r * dim;
      float mean = sum_row(dim, [&](size_t i, int lanes) { return load_lanes(d + i, lanes) * load_lanes(p + i, lanes); });
      each_vector(dim, [&](size_t i, int lanes) {
        store_lanes(dx + r * dim + i, lanes, (load_lanes(d + i, lanes) - mean) * load_lanes(p + i, lanes));
      });
    }
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_SOFTMAX LLM_KERNEL(softmax), LLM_KERNEL(softmax_grad),

#endif
