// Layer norm and RMS norm, forward and backward.
//
//   layer:  y = x̂ ⊙ w + b,  x̂ = (x − μ)·s,  s = 1/√(mean((x − μ)²) + ε)
//   RMS:    y = x̂ ⊙ w,      x̂ = x·s,        s = 1/√(mean(x²) + ε)
//   with g = dy ⊙ w:  dx = s·(g − [mean(g)] − x̂·mean(g ⊙ x̂)),  dw = Σ_rows dy ⊙ x̂,  db = Σ_rows dy
//   ([mean(g)] for layer norm only)
//
// A row passes through the first-level cache: it is read from memory once, however often it is read here. The variance
// is that of the centered row, in a second pass, so that a large common offset costs no precision. The weight's
// gradient is summed per chunk of rows and then over the chunks, see row.h.

#ifndef LLM_NORM_H
#define LLM_NORM_H

#include "kernel.h"
#include "row.h"
#include "vec.h"

namespace LLM_ISA {

static inline float reciprocal_root(float square_sum, size_t dim, float eps) {
  return 1.0f / __builtin_sqrtf(square_sum / (float)dim + eps);
}

/** x, y [rows, dim]; weight, bias [dim], bias may be absent; mean, scale [rows]. */
static void layer_norm(const float* x, const float* weight, const float* bias, float* y, float* mean, float* scale,
                       size_t rows, size_t dim, float eps) {
  parallel_ranges(rows, (double)dim * 2, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++) {
      const float* in = x + r * dim;
      float* out = y + r * dim;
      float mu = sum_row(dim, [&](size_t i, int lanes) { return load_lanes(in + i, lanes); }) / (float)dim;
      float squares = sum_row(dim, [&](size_t i, int lanes) {
        vf centered = load_lanes(in + i, lanes, mu) - mu;
        return centered * centered;
      });
      float s = reciprocal_root(squares, dim, eps);
      mean[r] = mu;
      scale[r] = s;
      each_vector(dim, [&](size_t i, int lanes) {
        vf normal = (load_lanes(in + i, lanes) - mu) * s;
        vf shift = bias ? load_lanes(bias + i, lanes) : vf{};
        store_lanes(out + i, lanes, fma(normal, load_lanes(weight + i, lanes), shift));
      });
    }
  });
}

static void rms_norm(const float* x, const float* weight, float* y, float* scale, size_t rows, size_t dim, float eps) {
  parallel_ranges(rows, (double)dim * 2, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++) {
      const float* in = x + r * dim;
      float* out = y + r * dim;
      float squares = sum_row(dim, [&](size_t i, int lanes) {
        vf v = load_lanes(in + i, lanes);
        return v * v;
      });
      float s = reciprocal_root(squares, dim, eps);
      scale[r] = s;
      each_vector(dim, [&](size_t i, int lanes) {
        store_lanes(out + i, lanes, load_lanes(in + i, lanes) * s * load_lanes(weight + i, lanes));
      });
    }
  });
}

/** One row of the gradient; adds to dweight and, where centered, to dbias. */
template <bool CENTERED>
LLM_INLINE void norm_grad_row(const float* dy, const float* x, const float* weight, float mu, float s, float* dx,
                              float* dweight, float* dbias, size_t dim) {
  auto normalized = [&](size_t i, int lanes) {
    vf v = load_lanes(x + i, lanes, mu);
    return (CENTERED ? v - mu : v) * s;
  };
  vf g_sum[2] = {}, gx_sum[2] = {};
  auto visit = [&](size_t i, int lanes, int lane_sum) {
    vf d = load_lanes(dy + i, lanes), normal = normalized(i, lanes);
    vf g = d * load_lanes(weight + i, lanes);
    if (CENTERED) g_sum[lane_sum] += g;
    gx_sum[lane_sum] = fma(g, normal, gx_sum[lane_sum]);
    store_lanes(dweight + i, lanes, fma(d, normal, load_lanes(dweight + i, lanes)));
    if (CENTERED) store_lanes(dbias + i, lanes, load_lanes(dbias + i, lanes) + d);
  };
  size_t i = 0;
  for (; i + 2 * W <= dim; i += 2 * W) {
    visit(i, W, 0);
    visit(i + W, W, 1);
  }
  each_vector(dim - i, [&](size_t k, int lanes) { visit(i + k, lanes, 0); });
  float g_mean = CENTERED ? sum(g_sum[0] + g_sum[1]) / (float)dim : 0;
  float gx_mean = sum(gx_sum[0] + gx_sum[1]) / (float)dim;
  each_vector(dim, [&](size_t i, int lanes) {
    vf g = load_lanes(dy + i, lanes) * load_lanes(weight + i, lanes);
    vf rest = fma(normalized(i, lanes), splat(-gx_mean), CENTERED ? g - g_mean : g);
    store_lanes(dx + i, lanes, rest * s);
  });
}

template <bool CENTERED>
static inline void norm_grad(const float* dy, const float* x, const float* weight, const float* mean,
                             const float* scale, float* dx, float* dweight, float* dbias, size_t rows, size_t dim) {
  const size_t share = rows_per_chunk(rows), chunks = (rows + share - 1) / share;
  const size_t sums = CENTERED ? 2 * dim : dim;
  float* partial = (float*)llm_scratch(0, (chunks * sums + 1) * sizeof(float));
  parallel((int)chunks, [&](int chunk, int) {
    float* own = partial + chunk * sums;
    __builtin_memset(own, 0, sums * sizeof(float));
    size_t end = (chunk + 1) * share < rows ? (chunk + 1) * share : rows;
    for (size_t r = chunk * share; r < end; r++) {
      norm_grad_row<CENTERED>(dy + r * dim, x + r * dim, weight, CENTERED ? mean[r] : 0, scale[r], dx + r * dim, own,
                              own + dim, dim);
    }
  });
  sum_chunks(partial, chunks, sums, dweight, dim);
  if (CENTERED) sum_chunks(partial + dim, chunks, sums, dbias, dim);
}

/** dy, x, dx [rows, dim]; weight, dweight, dbias [dim]; mean, scale [rows]. */
static void layer_norm_grad(const float* dy, const float* x, const float* weight, const float* mean,
                            const float* scale, float* dx, float* dweight, float* dbias, size_t rows, size_t dim) {
  norm_grad<true>(dy, x, weight, mean, scale, dx, dweight, dbias, rows, dim);
}

static void rms_norm_grad(const float* dy, const float* x, const float* weight, const float* scale, float* dx,
                          float* dweight, size_t rows, size_t dim) {
  norm_grad<false>(dy, x, weight, nullptr, scale, dx, dweight, nullptr, rows, dim);
}

}  // namespace LLM_ISA

#define LLM_TABLE_NORM \
  LLM_KERNEL(layer_norm), LLM_KERNEL(layer_norm_grad), LLM_KERNEL(rms_norm), LLM_KERNEL(rms_norm_grad),

#endif
