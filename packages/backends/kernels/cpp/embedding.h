// Embedding: rows of a table by id; and its gradient, which adds rows up by id.
//
//   y[i] = weight[ids[i]],   dweight[v] = Σ_{i : ids[i] = v} dy[i]
//
// The gradient gives each thread ranges of the vocabulary: it zeroes them and adds the rows that fall into them, in the
// order of the ids, so the sums have the same bits for every number of threads, and no two threads write to one row.

#ifndef LLM_EMBEDDING_H
#define LLM_EMBEDDING_H

#include "kernel.h"
#include "vec.h"

namespace LLM_ISA {

/** ids [rows], weight [vocab, dim], y [rows, dim]; ids are in range. */
static void embedding(const int32_t* ids, const float* weight, float* y, size_t rows, size_t dim) {
  parallel_ranges(rows, (double)dim, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++) {
      __builtin_memcpy(y + r * dim, weight + (size_t)ids[r] * dim, dim * sizeof(float));
    }
  });
}

/** dy [rows, dim], ids [rows], dweight [vocab, dim]. */
static void embedding_grad(const float* dy, const int32_t* ids, float* dweight, size_t rows, size_t vocab, size_t dim) {
  parallel_ranges(vocab, (double)dim + 2 * (double)(rows * dim) / (double)(vocab + 1), [&](size_t begin, size_t end, int) {
    __builtin_memset(dweight + begin * dim, 0, (end - begin) * dim * sizeof(float));
    for (size_t r = 0; r < rows; r++) {
      const size_t id = (size_t)ids[r];
      if (id < begin || id >= end) continue;
      float* sum = dweight + id * dim;
      const float* row = dy + r * dim;
      each_vector(dim, [&](size_t i, int lanes) {
        store_lanes(sum + i, lanes, load_lanes(sum + i, lanes) + load_lanes(row + i, lanes));
      });
    }
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_EMBEDDING LLM_KERNEL(embedding), LLM_KERNEL(embedding_grad),

#endif
