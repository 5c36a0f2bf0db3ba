// A block of queries as the gradient of attention needs it: Q and dO both with rows as columns, for scores, and as rows
// of whole vectors, for dK and dV; D = Σ_h dO ⊙ O and logsumexp of each query; and room for the weights P and dS of the
// keys that are being treated.

#ifndef LLM_ATTENTION_BLOCK_H
#define LLM_ATTENTION_BLOCK_H

#include "attention-rows.h"
#include "attention-transpose.h"

namespace LLM_ISA {

/** What the gradient has beside the inputs. */
struct Upstream {
  const float *y, *logsumexp, *dy;
};

/** A strip with its columns: `q` and `dq` [H][kStrip], `dy` [V][kStrip]. */
struct Reverse {
  Strip strip;
  float *q, *dq, *dy;
  vf logsumexp[2], delta[2];
};

/** A block of queries: its strips, its rows of Q and dO by whole vectors, and P and dS [kKeys][kBlock]. */
struct ReverseBlock {
  Reverse strips[kStrips];
  int count, rows, keys;
  const float *q, *dy;
  size_t q_stride, dy_stride;
  float *weights, *dscores;
};

static size_t backward_floats(const Attention& p) {
  return 2 * (size_t)kKeys * kBlock + (size_t)kBlock * (2 * p.H + p.V + whole(p.H) + whole(p.V));
}

static void open_block(const Attention& p, const Upstream& up, int unit, int block, float* scratch, ReverseBlock& to) {
  to.weights = scratch;
  to.dscores = scratch + kKeys * kBlock;
  scratch += 2 * kKeys * kBlock;
  to.count = to.rows = to.keys = 0;
  const vf infinity = splat(__builtin_inff());
  for (int first = block * kBlock; to.count < kStrips && first < p.rows(); first += kStrip) {
    Reverse& run = to.strips[to.count++];
    run.strip = strip_of(p, unit, first);
    run.q = scratch;
    run.dq = run.q + p.H * kStrip;
    run.dy = run.dq + p.H * kStrip;
    scratch = run.dy + p.V * kStrip;
    for (int i = 0; i < 2; i++) {
      size_t row = run.strip.row + i * W;
      int rows = run.strip.rows[i];
      rows_to_columns(p.q + row * p.H, p.H, rows, p.H, p.scale, run.q + i * W, kStrip);
      rows_to_columns(up.dy + row * p.V, p.V, rows, p.V, 1, run.dy + i * W, kStrip);
      run.delta[i] = row_products(up.y + row * p.V, up.dy + row * p.V, p.V, rows, p.V);
      vf kept = rows > 0 ? load_lanes(up.logsumexp + row, rows) : vf{};
      // A query that saw no key has −∞; with +∞ its weights become 0.
      run.logsumexp[i] = select((vi)(kept == -infinity), infinity, kept);
    }
    __builtin_memset(run.dq, 0, sizeof(float) * p.H * kStrip);
    to.rows += run.strip.count();
    if (run.strip.keys() > to.keys) to.keys = run.strip.keys();
  }
  size_t row = to.strips[0].strip.row;
  to.q_stride = whole(p.H);
  to.dy_stride = whole(p.V);
  to.q = whole_rows(p.q + row * p.H, to.rows, p.H, scratch);
  to.dy = whole_rows(up.dy + row * p.V, to.rows, p.V, scratch + kBlock * to.q_stride);
}

}  // namespace LLM_ISA

#endif
