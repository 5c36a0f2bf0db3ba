// Cross-entropy of softmax(x) with an integer label, forward and backward.
//
//   Z = Σ_v e^{x_v},  loss = ln Z − x_label + ζ·ln²Z,  dx = dy·((1 + 2ζ·ln Z)·e^{x − ln Z} − [v = label])
//
// The logits are read once each way, and probabilities exist in registers only: what is kept is ln Z of a row. Rows that
// are ignored are not read at all.

#ifndef LLM_CROSS_ENTROPY_H
#define LLM_CROSS_ENTROPY_H

#include "kernel.h"
#include "row.h"
#include "softmax.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

/** logits [rows, vocab], labels [rows]; loss, log_sum [rows], both 0 where the label is `ignored`. */
static void cross_entropy(const float* logits, const int32_t* labels, float* loss, float* log_sum, size_t rows,
                          size_t vocab, int32_t ignored, float zeta) {
  parallel_ranges(rows, (double)vocab * 4, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++) {
      loss[r] = log_sum[r] = 0;
      if (labels[r] == ignored) continue;
      const float* x = logits + r * vocab;
      Exponentials row = exponentials_of_row(x, vocab);
      float log_of_sum = log(splat((float)row.sum))[0];
      float z = row.max + log_of_sum;
      log_sum[r] = z;
      // Not ln Z − x_label: near 1e4 a float32 has only three digits after the point.
      loss[r] = (row.max - x[labels[r]]) + log_of_sum + zeta * z * z;
    }
  });
}

/** As above; dy [rows], dlogits [rows, vocab]. */
static void cross_entropy_grad(const float* dy, const float* logits, const int32_t* labels, const float* log_sum,
                               float* dlogits, size_t rows, size_t vocab, int32_t ignored, float zeta) {
  parallel_ranges(rows, (double)vocab * 4, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++) {
      const float* x = logits + r * vocab;
      float* out = dlogits + r * vocab;
      if (labels[r] == ignored) {
        __builtin_memset(out, 0, vocab * sizeof(float));
        continue;
      }
      const float z = log_sum[r];
      float scale = dy[r] * (1 + 2 * zeta * z);
      // ln Z is rounded to 2⁻²⁴ of its size, and e^{x − ln Z} is off by as much: beyond 64 normalize once more.
      if (z > 64 || z < -64) {
        scale /= sum_row(vocab, [&](size_t i, int lanes) {
          return exp(load_lanes(x + i, lanes, -__builtin_inff()) - z);
        });
      }
      each_vector(vocab, [&](size_t i, int lanes) {
        store_lanes(out + i, lanes, exp(load_lanes(x + i, lanes) - z) * scale);
      });
      out[labels[r]] -= dy[r];
    }
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_CROSS_ENTROPY LLM_KERNEL(cross_entropy), LLM_KERNEL(cross_entropy_grad),

#endif
