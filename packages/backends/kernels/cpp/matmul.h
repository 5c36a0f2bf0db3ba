// Matrix products as JavaScript calls them: one, or a batch, with strides for every transpose.
//
// A large product is shared out among the threads tile by tile; of many small ones, each is one thread's.

#ifndef LLM_MATMUL_H
#define LLM_MATMUL_H

#include "gemm.h"
#include "kernel.h"
#include "matvec.h"

namespace LLM_ISA {

/** One product on all threads. */
static void multiply_parallel(const Product& p) {
  if (p.m == 0 || p.n == 0) return;
  if (p.k == 0) return clear(p);
  if (is_thin(p)) return multiply_thin(p);
  const int threads = (double)p.m * p.n * p.k < 64 * 64 * 64 ? 1 : llm_thread_count();
  float* scratch = (float*)llm_scratch(0, scratch_floats(p, threads) * sizeof(float));
  multiply(p, scratch, threads, [&](size_t count, auto f) {
    if (threads == 1) {
      for (size_t i = 0; i < count; i++) f(i, 0);
    } else {
      parallel((int)count, [&](int i, int thread) { f(i, thread); });
    }
  });
}

/**
 * c[i] = op(a[i])·op(b[i]) (+ bias) for `count` products of [m, k] and [k, n]. `a_step` and `b_step` are floats from one
 * matrix to the next, 0 for one that is shared. Transposed operands are stored [k, m] and [n, k].
 */
static void matmul(const float* a, const float* b, float* c, size_t count, size_t m, size_t n, size_t k, size_t a_step,
                   size_t b_step, int transpose_a, int transpose_b, const float* bias, int accumulate) {
  Product first = {m, n, k, {a, transpose_a ? 1 : k, transpose_a ? m : 1}, {b, transpose_b ? k : 1, transpose_b ? 1 : n},
                   c, n, bias, accumulate != 0};
  auto product = [&](size_t i) {
    Product p = first;
    p.a.data += i * a_step;
    p.b.data += i * b_step;
    p.c += i * m * n;
    return p;
  };
  // Many products that are too small to share out: one thread each.
  bool apart = count > 1 && (double)m * n * k < 256.0 * 256 * 256 && k > 0 && m > 0 && n > 0;
  if (!apart) {
    for (size_t i = 0; i < count; i++) multiply_parallel(product(i));
    return;
  }
  size_t room = scratch_floats(first, 1);
  float* scratch = (float*)llm_scratch(0, room * llm_thread_count() * sizeof(float));
  parallel_ranges(count, (double)m * n * k, [&](size_t begin, size_t end, int thread) {
    for (size_t i = begin; i < end; i++) {
      multiply(product(i), scratch + thread * room, 1, [](size_t tasks, auto f) {
        for (size_t task = 0; task < tasks; task++) f(task, 0);
      });
    }
  });
}

/** sums[j] = Σ_i x[i][j] for x [rows, n]: the gradient of a bias. Chunks of rows are added in order. */
static void column_sums(const float* x, float* sums, size_t rows, size_t n) {
  const size_t strip = 16 * W;
  parallel_ranges(panels(n, strip), (double)rows * strip, [&](size_t begin, size_t end, int) {
    for (size_t j = begin * strip; j < end * strip && j < n; j += strip) {
      size_t width = n - j < strip ? n - j : strip;
      each_vector(width, [&](size_t i, int lanes) {
        // Four sums at once: rows i, i+4, …; fewer roundings in each, and no waiting for the last addition.
        vf s[4] = {splat(0), splat(0), splat(0), splat(0)};
        const float* from = x + j + i;
        for (size_t row = 0; row < rows; row++) s[row % 4] = s[row % 4] + load_lanes(from + row * n, lanes);
        store_lanes(sums + j + i, lanes, (s[0] + s[1]) + (s[2] + s[3]));
      });
    }
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_MATMUL LLM_KERNEL(matmul), LLM_KERNEL(column_sums),

#endif
