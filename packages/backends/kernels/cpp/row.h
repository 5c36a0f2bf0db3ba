// What the kernels over rows and elements share: sums along a row, sums across rows that do not depend on the threads,
// and ranges of elements.

#ifndef LLM_ROW_H
#define LLM_ROW_H

#include "kernel.h"
#include "vec.h"

namespace LLM_ISA {

/** Σ f(index, lanes) over the vectors of a row: four sums, so that an addition need not wait for the one before. */
template <typename F>
LLM_INLINE float sum_row(size_t n, F f) {
  vf a = {}, b = {}, c = {}, d = {};
  size_t i = 0;
  for (; i + 4 * W <= n; i += 4 * W) {
    a += f(i, W);
    b += f(i + W, W);
    c += f(i + 2 * W, W);
    d += f(i + 3 * W, W);
  }
  for (; i + W <= n; i += W) a += f(i, W);
  if (i < n) b += f(i, (int)(n - i));
  return sum((a + b) + (c + d));
}

/** Calls f(begin, end) over [0, n) in a few ranges that begin at whole cache lines; for work of one result an element. */
template <typename F>
static inline void parallel_elements(size_t n, double cost, F f) {
  const size_t line = 16;
  parallel_ranges((n + line - 1) / line, cost * line, [&](size_t begin, size_t end, int) {
    f(begin * line, end * line < n ? end * line : n);
  });
}

/**
 * Rows to add up in one go where sums run across rows. It follows from the size alone, so the result has the same bits
 * for every number of threads; at most 64 chunks, so that their partial sums stay small.
 */
static inline size_t rows_per_chunk(size_t rows) {
  size_t share = (rows + 63) / 64;
  return share < 16 ? 16 : share;
}

/** y[i] = Σ_chunk partial[chunk, i], in the order of the chunks. */
static inline void sum_chunks(const float* partial, size_t chunks, size_t stride, float* y, size_t n) {
  parallel_ranges(n, (double)chunks, [&](size_t begin, size_t end, int) {
    each_vector(end - begin, [&](size_t i, int lanes) {
      vf total = {};
      for (size_t chunk = 0; chunk < chunks; chunk++) {
        total += load_lanes(partial + chunk * stride + begin + i, lanes);
      }
      store_lanes(y + begin + i, lanes, total);
    });
  });
}

}  // namespace LLM_ISA

#endif
