// AdamW over all parameters at once, and the global norm of all gradients.
//
//   g ← γg,  m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,  θ ← kθ − η·m/(√v + ε)
//
// γ is the clip coefficient, so that clipped gradients never exist; k = 1 − lr·λ, and η and ε hold the bias corrections:
// all as packages/training/adamw/src/adamw-update.ts. Tensors come as a table of float64 numbers, one row each; work is
// divided along the concatenation of all of them, so a model of one large and many small parameters keeps all threads
// busy. The update moves 28 bytes an element, and does so in place where the caller gives an input's address as output.
//
// The norm adds up blocks of fixed size in float32 and the blocks, in their order, in float64: the same bits for every
// number of threads.

#ifndef LLM_ADAMW_H
#define LLM_ADAMW_H

#include "kernel.h"
#include "row.h"
#include "vec.h"

namespace LLM_ISA {

static inline float* pointer(double address) { return (float*)(uintptr_t)address; }

/** A row of the table of `adamw`. */
struct AdamWRow {
  double parameter, m, v, grad, next_parameter, next_m, next_v, size, kept, step_size, eps;
};

/** A row of the tables of `global_norm` and `scale_all`. */
struct TensorRow {
  double x, y, size;
};

/** Calls f(row, begin, end) for what [begin, end) of the concatenation covers of each row. */
template <typename Row, typename F>
LLM_INLINE void each_row(const Row* rows, size_t count, size_t begin, size_t end, F f) {
  for (size_t i = 0, start = 0; i < count && start < end; i++) {
    const size_t size = (size_t)rows[i].size;
    if (begin < start + size) f(rows[i], begin > start ? begin - start : 0, end < start + size ? end - start : size);
    start += size;
  }
}

template <typename Row>
static inline size_t total_size(const Row* rows, size_t count) {
  size_t total = 0;
  for (size_t i = 0; i < count; i++) total += (size_t)rows[i].size;
  return total;
}

static void adamw(const AdamWRow* rows, size_t count, float beta1, float rest1, float beta2, float rest2, float gamma) {
  parallel_elements(total_size(rows, count), 7, [&](size_t from, size_t to) {
    each_row(rows, count, from, to, [&](const AdamWRow& row, size_t begin, size_t end) {
      const float *parameter = pointer(row.parameter), *m = pointer(row.m), *v = pointer(row.v);
      const float* grad = pointer(row.grad);
      float *next_parameter = pointer(row.next_parameter), *next_m = pointer(row.next_m), *next_v = pointer(row.next_v);
      const float kept = (float)row.kept, step_size = (float)row.step_size, eps = (float)row.eps;
      each_vector(end - begin, [&](size_t i, int lanes) {
        i += begin;
        vf g = load_lanes(grad + i, lanes) * gamma;
        vf m1 = load_lanes(m + i, lanes) * beta1 + g * rest1;
        vf v1 = load_lanes(v + i, lanes) * beta2 + g * g * rest2;
        store_lanes(next_m + i, lanes, m1);
        store_lanes(next_v + i, lanes, v1);
        vf change = m1 / (sqrt(v1) + eps) * step_size;
        store_lanes(next_parameter + i, lanes, load_lanes(parameter + i, lanes) * kept - change);
      });
    });
  });
}

/** norm[0] = √Σ x² over all rows. */
static void global_norm(const TensorRow* rows, size_t count, float* norm) {
  const size_t block = 8192;
  size_t blocks = 0;
  for (size_t i = 0; i < count; i++) blocks += ((size_t)rows[i].size + block - 1) / block;
  double* partial = (double*)llm_scratch(0, (blocks + 1) * sizeof(double));
  parallel_ranges(blocks, (double)block, [&](size_t from, size_t to, int) {
    for (size_t i = 0, start = 0; i < count && start < to; i++) {
      const float* x = pointer(rows[i].x);
      const size_t size = (size_t)rows[i].size, own = (size + block - 1) / block;
      for (size_t k = from > start ? from - start : 0; k < own && start + k < to; k++) {
        const float* here = x + k * block;
        partial[start + k] = sum_row(size - k * block < block ? size - k * block : block, [&](size_t j, int lanes) {
          vf value = load_lanes(here + j, lanes);
          return value * value;
        });
      }
      start += own;
    }
  });
  double total = 0;
  for (size_t i = 0; i < blocks; i++) total += partial[i];
  *norm = (float)__builtin_sqrt(total);
}

/** y = x · factor for each row. */
static void scale_all(const TensorRow* rows, size_t count, float factor) {
  parallel_elements(total_size(rows, count), 2, [&](size_t from, size_t to) {
    each_row(rows, count, from, to, [&](const TensorRow& row, size_t begin, size_t end) {
      each_vector(end - begin, [&](size_t i, int lanes) {
        i += begin;
        store_lanes(pointer(row.y) + i, lanes, load_lanes(pointer(row.x) + i, lanes) * factor);
      });
    });
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_ADAMW LLM_KERNEL(adamw), LLM_KERNEL(global_norm), LLM_KERNEL(scale_all),

#endif
