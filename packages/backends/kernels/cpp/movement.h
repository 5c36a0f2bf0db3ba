// Values that only move: transposes, slices, concatenation, padding, gathering rows.
//
// A tensor of up to five merged dimensions is copied between two sets of strides. Where the last dimension is contiguous
// on both sides (a slice, a concatenation, heads in and out of a batch), runs are copied; where a transpose makes it
// contiguous on different dimensions, W×W blocks are turned over in registers.

#ifndef LLM_MOVEMENT_H
#define LLM_MOVEMENT_H

#include "kernel.h"
#include "transpose.h"
#include "vec.h"

namespace LLM_ISA {

/** y[i…] = x[i…] for 4-byte elements: four outer sizes with each side's steps, then runs of n contiguous elements. */
static void copy_runs(const float* x, float* y, size_t n0, size_t n1, size_t n2, size_t n3, size_t n, size_t x0, size_t x1,
                      size_t x2, size_t x3, size_t y0, size_t y1, size_t y2, size_t y3) {
  parallel_ranges(n0 * n1 * n2, (double)n3 * n, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) {
      size_t c = i % n2, b = i / n2 % n1, a = i / n2 / n1;
      const float* from = x + a * x0 + b * x1 + c * x2;
      float* to = y + a * y0 + b * y1 + c * y2;
      for (size_t d = 0; d < n3; d++, from += x3, to += y3) {
        size_t v = 0;
        for (; v + W <= n; v += W) store(to + v, load(from + v));
        if (v < n) store_part(to + v, (int)(n - v), load_part(from + v, (int)(n - v)));
      }
    }
  });
}

/** y[b, j, i] = x[b, i, j] for `count` matrices [rows, columns], each at x + b·x_step → y + b·y_step. */
static void transpose_matrices(const float* x, float* y, size_t count, size_t rows, size_t columns) {
  const size_t down = (rows + W - 1) / W;
  parallel_ranges(count * down, (double)W * columns, [&](size_t begin, size_t end, int) {
    for (size_t t = begin; t < end; t++) {
      const float* from = x + t / down * rows * columns;
      float* to = y + t / down * rows * columns;
      size_t i = t % down * W;
      int high = (int)(rows - i < (size_t)W ? rows - i : W);
      for (size_t j = 0; j < columns; j += W) {
        int wide = (int)(columns - j < (size_t)W ? columns - j : W);
        vf block[W];
        for (int r = 0; r < W; r++) block[r] = r < high ? load_lanes(from + (i + r) * columns + j, wide) : splat(0);
        transpose(block);
        for (int c = 0; c < wide; c++) store_lanes(to + (j + c) * rows + i, high, block[c]);
      }
    }
  });
}

/** Any permutation: y contiguous with sizes n0…n4, x's steps in the order of y's dimensions. */
static void permute(const float* x, float* y, size_t n0, size_t n1, size_t n2, size_t n3, size_t n4, size_t x0, size_t x1,
                    size_t x2, size_t x3, size_t x4) {
  parallel_ranges(n0 * n1 * n2 * n3, 4.0 * (double)n4, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) {
      size_t d = i % n3, c = i / n3 % n2, b = i / n3 / n2 % n1, a = i / n3 / n2 / n1;
      const float* from = x + a * x0 + b * x1 + c * x2 + d * x3;
      for (size_t e = 0; e < n4; e++) y[i * n4 + e] = from[e * x4];
    }
  });
}

/** y[o, i, :] = x[o, indices[i], :], rows of n elements; an index outside of 0 … size−1 gives zeros. */
static void gather_rows(const float* x, const int32_t* indices, float* y, size_t outer, size_t count, size_t size, size_t n) {
  parallel_ranges(outer * count, (double)n, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++) {
      int32_t index = indices[r % count];
      bool inside = index >= 0 && (size_t)index < size;
      const float* from = x + (r / count * size + (inside ? index : 0)) * n;
      each_vector(n, [&](size_t v, int lanes) {
        store_lanes(y + r * n + v, lanes, inside ? load_lanes(from + v, lanes) : splat(0));
      });
    }
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_MOVEMENT \
  LLM_KERNEL(copy_runs), LLM_KERNEL(transpose_matrices), LLM_KERNEL(permute), LLM_KERNEL(gather_rows),

#endif
