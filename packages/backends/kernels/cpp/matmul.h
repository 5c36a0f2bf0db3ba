// Matrix products: of the kernels below each takes float32 and writes float32. `precision` 1 rounds both operands to
// bfloat16 first (bf16.h).

#ifndef LLM_MATMUL_H
#define LLM_MATMUL_H

#include "amx.h"
#include "bf16.h"
#include "cpu.h"
#include "gemm.h"
#include "matvec.h"

namespace LLM_ISA {

/** One product, all threads at it. */
template <typename S>
static void multiply(const Product& p) {
  if (S::IN_PLACE && is_thin(p)) return multiply_thin(p);
  gemm<S>(p, (float*)llm_scratch(0, 4 * gemm_scratch<S>(p.m, p.n, p.k)), true);
}

/** A batch of products: its dimensions, and the steps of A and B along them. C is dense. */
struct Grid {
  size_t size[4], a[4], b[4];
  size_t count() const { return size[0] * size[1] * size[2] * size[3]; }
};

/** Product number i of the batch. */
static Product product_at(const Product& first, const Grid& grid, size_t i) {
  Product p = first;
  p.c += i * p.m * p.n;
  for (int d = 3; d >= 0; d--) {
    size_t at = i % grid.size[d];
    i /= grid.size[d];
    p.a.at += at * grid.a[d];
    p.b.at += at * grid.b[d];
  }
  return p;
}

/**
 * Calls f with the arithmetic for a precision: 0 float32, 1 bfloat16 as is fastest here. For tests, 2 is bfloat16 by
 * rounding, 3 by vdpbf16ps, where the processor has it.
 */
template <typename F>
static inline void with_arithmetic(int precision, F f) {
  int way = precision == 1 ? best_bf16() : precision == 3 && has_pairs() ? BF16_PAIRS : BF16_ROUNDED;
  if (precision == 0) return f(Float32<Keep>());
#if defined(LLM_HAS_AMX)
  if (way == BF16_AMX) return f(AmxProducts());
#endif
#if defined(__AVX512F__)
  if (way == BF16_PAIRS) return f(PairProducts());
#endif
  f(Float32<Round>());
}

/** Many small products go to the threads whole, few large ones one after the other, each to all threads. */
template <typename S>
static void multiply_batch(const Product& first, const Grid& grid) {
  size_t count = grid.count(), floats = gemm_scratch<S>(first.m, first.n, first.k);
  double operations = 2.0 * first.m * first.n * first.k;
  if (count < 2 || operations > 2e7) {
    for (size_t i = 0; i < count; i++) multiply<S>(product_at(first, grid, i));
    return;
  }
  floats = ceil_div(floats, 1024) * 1024;
  float* scratch = (float*)llm_scratch(0, 4 * floats * llm_thread_count());
  parallel_ranges(count, operations / 8, [&](size_t begin, size_t end, int thread) {
    for (size_t i = begin; i < end; i++) gemm<S>(product_at(first, grid, i), scratch + thread * floats, false);
  });
}

/**
 * C[m, n] (+)= op(A)·op(B) + bias, then the activation, then + residual. A is [m, k] or, transposed, [k, m]; B is [k, n]
 * or [n, k]. `bias` [n] and `residual` [m, n] may be absent.
 */
static void matmul(const float* a, const float* b, float* c, size_t m, size_t n, size_t k, bool transpose_a,
                   bool transpose_b, bool add, const float* bias, int activation, const float* residual,
                   int precision) {
  Operand left = {a, transpose_a ? 1 : k, transpose_a ? m : 1}, right = {b, transpose_b ? k : 1, transpose_b ? 1 : n};
  Product p = {m, n, k, left, right, c, n, {add, bias, residual, activation}};
  with_arithmetic(precision, [&](auto s) { multiply<decltype(s)>(p); });
}

/**
 * Products of batches: C[i] = op(A[i])·op(B[i]). The batch is a grid of up to four dimensions; an operand's steps, in
 * floats, are 0 along those in which it is repeated.
 */
static void matmul_batch(const float* a, const float* b, float* c, size_t m, size_t n, size_t k, bool transpose_a,
                         bool transpose_b, int precision, size_t d0, size_t d1, size_t d2, size_t d3, size_t a0,
                         size_t a1, size_t a2, size_t a3, size_t b0, size_t b1, size_t b2, size_t b3) {
  Grid grid = {{d0, d1, d2, d3}, {a0, a1, a2, a3}, {b0, b1, b2, b3}};
  Operand left = {a, transpose_a ? 1 : k, transpose_a ? m : 1}, right = {b, transpose_b ? k : 1, transpose_b ? 1 : n};
  Product first = {m, n, k, left, right, c, n, {}};
  with_arithmetic(precision, [&](auto s) { multiply_batch<decltype(s)>(first, grid); });
}

/** y[j] = Σ_i x[i, j]: the gradient of a bias. Each column belongs to one thread, which sums it from top to bottom. */
static void column_sums(const float* x, float* y, size_t rows, size_t columns) {
  parallel_ranges((columns + W - 1) / W, (double)rows * W, [=](size_t begin, size_t end, int) {
    size_t first = begin * W, past = least(end * W, columns);
    for (size_t j = first; j < past; j++) y[j] = 0;
    for (size_t i = 0; i < rows; i++)
      each_vector(past - first, [&](size_t j, int lanes) {
        store_lanes(y + first + j, lanes, load_lanes(y + first + j, lanes) + load_lanes(x + i * columns + first + j, lanes));
      });
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_MATMUL LLM_KERNEL(matmul), LLM_KERNEL(matmul_batch), LLM_KERNEL(column_sums),

#endif
