// Flash attention: softmax(scale·Q·Kᵀ + bias)·V without ever holding the scores of more than a few keys.
//
//   for each block of keys:  S = K·(scale·Q)ᵀ;  m′ = max(m, max S);  P = e^{S − m′};  a = e^{m − m′}
//                            l = a·l + Σ P;  Oᵀ = a·Oᵀ + Vᵀ·P;  m = m′
//   at the end:              O = Oᵀ/l transposed;  logsumexp = m + log l
//
// All is computed transposed, keys down and queries across, one query a lane: maxima, sums and exponentials of the
// softmax then need no work across lanes, K and V are read where they lie, one element at a time, and only the
// queries and the result are transposed, once. A block of queries is a task of its own, so results do not depend on the
// number of threads. A query that sees no key gives 0.
// Source: Dao et al., arXiv:2205.14135, and Dao, arXiv:2307.08691 (FlashAttention-2).

#ifndef LLM_ATTENTION_H
#define LLM_ATTENTION_H

#include "attention-backward.h"
#include "attention-decode.h"
#include "attention-rows.h"
#include "attention-tile.h"
#include "attention-transpose.h"
#include "kernel.h"

namespace LLM_ISA {

/** A strip on its way through the keys: `q` [H][kStrip], and `o` [V][kStrip], which is undefined while `fresh`. */
struct Running {
  Strip strip;
  float *q, *o;
  bool fresh;
  vf top[2], total[2];
};

/** Turns the scores of n keys into exponentials; returns the factor on everything summed before. */
LLM_INLINE vf online_softmax(float* scores, int n, vf& top, vf& total) {
  const vf infinity = splat(__builtin_inff());
  vf high[2] = {top, top};
  int j = 0;
  for (; j + 2 <= n; j += 2)
    for (int i = 0; i < 2; i++) high[i] = max(load(scores + (j + i) * kStrip), high[i]);
  if (j < n) high[0] = max(load(scores + j * kStrip), high[0]);
  vf now = max(high[0], high[1]);
  // Without any key so far there is nothing to subtract: −∞ − (−∞) would be NaN.
  vf shift = select((vi)(now == -infinity), vf{}, now);
  vf factor = exp_score(top - shift), sum = vf{};
  for (j = 0; j < n; j++) {
    vf e = exp_score(load(scores + j * kStrip) - shift);
    store(scores + j * kStrip, e);
    sum = sum + e;
  }
  total = fma(total, factor, sum);
  top = now;
  return factor;
}

/** Lets a strip see keys [key, key + n). */
static void attend(const Attention& p, Running& run, int key, int n, const float* k, const float* v, float* scores) {
  const Sight seeing = sight(p, run.strip, key, n);
  if (seeing == kNothing) return;
  int seen[2];
  for (int i = 0; i < 2; i++) {
    int left = run.strip.most[i] - key;
    seen[i] = left < 0 ? 0 : left < n ? left : n;
  }
  // On the causal diagonal one of the two vectors sees some keys more than the other.
  int both = seen[0] < seen[1] ? seen[0] : seen[1], more = seen[1] > seen[0] ? 1 : 0, rest = seen[more] - both;
  float* alone = scores + both * kStrip + more * W;
  product<2, kByRow, kFresh>(both, p.H, k, p.H, run.q, kStrip, {scores, kStrip, W, nullptr});
  product<1, kByRow, kFresh>(rest, p.H, k + (size_t)both * p.H, p.H, run.q + more * W, kStrip,
                             {alone, kStrip, W, nullptr});
  vf factor[2];
  for (int i = 0; i < 2; i++) {
    settle(p, run.strip, seeing, i, key, seen[i], scores + i * W, kStrip);
    factor[i] = online_softmax(scores + i * W, seen[i], run.top[i], run.total[i]);
  }
  Target o = {run.o, kStrip, W, factor};
  if (run.fresh) product<2, kByDepth, kFresh>(p.V, both, v, p.V, scores, kStrip, o);
  else product<2, kByDepth, kScaled>(p.V, both, v, p.V, scores, kStrip, o);
  run.fresh = false;
  if (rest > 0)
    product<1, kByDepth, kAdd>(p.V, rest, v + (size_t)both * p.V, p.V, alone, kStrip,
                               {run.o + more * W, kStrip, W, nullptr});
}

/** Writes a strip's results. */
static void finish(const Attention& p, const Running& run, float* y, float* logsumexp) {
  if (run.fresh) __builtin_memset(run.o, 0, sizeof(float) * p.V * kStrip);
  for (int i = 0; i < 2; i++) {
    if (run.strip.rows[i] == 0) continue;
    size_t row = run.strip.row + i * W;
    vf factor = select((vi)(run.total[i] == vf{}), vf{}, 1.0f / run.total[i]);
    columns_to_rows(run.o + i * W, kStrip, run.strip.rows[i], p.V, factor, y + row * p.V, p.V);
    store_lanes(logsumexp + row, run.strip.rows[i], run.top[i] + log(run.total[i]));
  }
}

/** One block of queries against all keys that it sees. */
static void attend_block(const Attention& p, int unit, int block, float* scratch, float* y, float* logsumexp) {
  Running runs[kStrips];
  float* scores = scratch;
  scratch += kKeys * kStrip;
  int count = 0, keys = 0;
  for (int first = block * kBlock; count < kStrips && first < p.rows(); first += kStrip) {
    Running& run = runs[count++];
    run.strip = strip_of(p, unit, first);
    run.q = scratch;
    run.o = run.q + p.H * kStrip;
    scratch = run.o + p.V * kStrip;
    for (int i = 0; i < 2; i++) {
      run.top[i] = splat(-__builtin_inff());
      run.total[i] = vf{};
      rows_to_columns(p.q + (run.strip.row + i * W) * p.H, p.H, run.strip.rows[i], p.H, p.scale, run.q + i * W, kStrip);
    }
    run.fresh = true;
    if (run.strip.keys() > keys) keys = run.strip.keys();
  }
  const float* k = p.k + p.keys_of(unit) * p.S * p.H;
  const float* v = p.v + p.keys_of(unit) * p.S * p.V;
  for (int key = 0; key < keys; key += kKeys) {
    for (int s = 0; s < count; s++) {
      int left = runs[s].strip.keys() - key;
      if (left > 0)
        attend(p, runs[s], key, left < kKeys ? left : kKeys, k + (size_t)key * p.H, v + (size_t)key * p.V, scores);
    }
  }
  for (int s = 0; s < count; s++) finish(p, runs[s], y, logsumexp);
}

/** y [B, N, T, V] and logsumexp [B, N, T]; absent inputs are null, a mask's stride is 0 where it is broadcast. */
static void attention(const float* q, const float* k, const float* v, const uint8_t* mask, const int32_t* lengths,
                      const int32_t* prefix, const float* slopes, float* y, float* logsumexp, int B, int N, int K,
                      int T, int S, int H, int V, bool causal, float scale, size_t mask_b, size_t mask_n,
                      size_t mask_t, size_t mask_s) {
  Attention p = {q, k, v, mask, lengths, prefix, slopes, B, N, K, T, S, H, V, causal, scale,
                 {mask_b, mask_n, mask_t, mask_s}};
  if (B * N * T == 0) return;
  if (p.rows() <= kFew) return decode(p, y, logsumexp);
  size_t floats = (size_t)kKeys * kStrip + (size_t)kBlock * (H + V);
  float* scratch = (float*)llm_scratch(0, sizeof(float) * floats * llm_thread_count());
  int blocks = p.blocks();
  // The last blocks of a sequence see the most keys: they go first, so that no thread is left with one at the end.
  parallel(p.units() * blocks, [&](int chunk, int thread) {
    attend_block(p, chunk / blocks, blocks - 1 - chunk % blocks, scratch + floats * thread, y, logsumexp);
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_ATTENTION LLM_KERNEL(attention), LLM_KERNEL(attention_gradient),

#endif
