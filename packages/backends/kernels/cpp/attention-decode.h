// Attention of a few queries, as when a model writes token by token: K and V are streamed once, by whole vectors.
//
// With one query a lane most lanes would be idle, so here lanes are channels in Q·Kᵀ and P·V, and keys in the softmax.
// Long rows of keys are cut in pieces of a fixed length, each a task that leaves its own maximum m, sum l and O; they
// are merged in order, O = Σ e^{m_c − m}·O_c / Σ e^{m_c − m}·l_c, so that one head can keep many threads busy.
// Source: Dao et al., "Flash-Decoding for long-context inference", 2023.

#ifndef LLM_ATTENTION_DECODE_H
#define LLM_ATTENTION_DECODE_H

#include "attention-rows.h"
#include "attention-tile.h"
#include "attention-transpose.h"
#include "kernel.h"

namespace LLM_ISA {

constexpr int kFew = W / 4;    // queries of a unit up to which it is decoded
constexpr int kPiece = 1024;   // keys of a task

/** What a task knows of each of a unit's rows after its keys: maximum, sum, and O by whole vectors. */
struct Partial {
  float *top, *total, *o;
  size_t stride;
};

/** Where one row's scores of W keys from `key` on are, with bias, and −∞ for keys that it may not see. */
LLM_INLINE vf settle_row(const Attention& p, const Strip& strip, int row, int key, vf scores) {
  int v = row / W, lane = row % W, limit = strip.limit[v][lane];
  int32_t counted[W];
  for (int i = 0; i < W; i++) counted[i] = key + i;
  vi keys = load_int(counted);
  if (p.slopes) scores = fma(splat(strip.slope[v][lane]), to_float(keys) - splat(strip.position[v][lane]), scores);
  const vf never = splat(-__builtin_inff());
  if (p.mask) {
    int32_t seen[W];
    for (int i = 0; i < W; i++) seen[i] = key + i < limit && strip.mask[row][(key + i) * p.mask_stride[3]];
    scores = select((vi)(load_int(seen) != splat_int(0)), scores, never);
  }
  return key + W <= limit ? scores : select((vi)(keys < splat_int(limit)), scores, never);
}

/** q·k of W keys, of which n are there. */
LLM_INLINE vf key_products(const float* q, const float* k, int n, int H) {
  vf sums[W];
  for (int i = 0; i < W; i++) {
    sums[i] = vf{};
    if (i >= n) continue;
    each_vector(H, [&](size_t h, int lanes) {
      sums[i] = fma(load_lanes(q + h, lanes), load_lanes(k + (size_t)i * H + h, lanes), sums[i]);
    });
  }
  transpose(sums);
  for (int half = W / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) sums[i] = sums[i] + sums[i + half];
  return sums[0];
}

/** Lets one row see n keys from `key` on: their exponentials, and the factor on what was summed before. */
LLM_INLINE float decode_scores(const Attention& p, const Strip& strip, int row, int key, int n, const float* q,
                               const float* k, float* weights, float& top, float& total) {
  vf high = splat(-__builtin_inff());
  for (int j = 0; j < n; j += W) {
    vf scores = key_products(q, k + (size_t)j * p.H, n - j < W ? n - j : W, p.H) * p.scale;
    scores = settle_row(p, strip, row, key + j, scores);
    store(weights + j, scores);
    high = max(scores, high);
  }
  float now = largest(high);
  now = now > top ? now : top;
  float shift = now == -__builtin_inff() ? 0 : now;
  vf sum = vf{};
  for (int j = 0; j < n; j += W) {
    vf e = exp_score(load(weights + j) - shift);
    store(weights + j, e);
    sum = sum + e;
  }
  float factor = exp_score(splat(top - shift))[0];
  total = total * factor + LLM_ISA::sum(sum);
  top = now;
  return factor;
}

/** Rows of one unit against keys [from, to). */
static void decode_piece(const Attention& p, int unit, int from, int to, float* scratch, Partial result) {
  Strip strip = strip_of(p, unit, 0);
  const int rows = p.rows();
  float *weights = scratch, *copy = scratch + kFew * kKeys;
  for (int r = 0; r < rows; r++) {
    result.top[r] = -__builtin_inff();
    result.total[r] = 0;
    __builtin_memset(result.o + r * result.stride, 0, sizeof(float) * result.stride);
  }
  if (to > strip.keys()) to = strip.keys();
  const float* k = p.k + p.keys_of(unit) * p.S * p.H;
  const float* v = p.v + p.keys_of(unit) * p.S * p.V;
  for (int key = from; key < to; key += kKeys) {
    int n = to - key < kKeys ? to - key : kKeys;
    for (int r = 0; r < rows; r++) {
      float factor = decode_scores(p, strip, r, key, n, p.q + (strip.row + r) * p.H, k + (size_t)key * p.H,
                                   weights + r * kKeys, result.top[r], result.total[r]);
      if (factor == 1) continue;
      each_vector(result.stride, [&](size_t c, int) {
        float* o = result.o + r * result.stride + c;
        store(o, load(o) * factor);
      });
    }
    const float* values = whole_rows(v + (size_t)key * p.V, n, p.V, copy);
    size_t c = 0;
    for (; c + W < result.stride; c += 2 * W)
      product<2, kByRow, kAdd>(rows, n, weights, kKeys, values + c, result.stride,
                               {result.o + c, result.stride, W, nullptr});
    if (c < result.stride)
      product<1, kByRow, kAdd>(rows, n, weights, kKeys, values + c, result.stride,
                               {result.o + c, result.stride, W, nullptr});
  }
}

/** Row `r` of what `pieces` tasks know: its value and logsumexp. */
static void merge_row(const Partial* partial, int pieces, int r, int V, float* y, float* logsumexp) {
  float top = -__builtin_inff(), total = 0;
  for (int c = 0; c < pieces; c++) top = partial[c].top[r] > top ? partial[c].top[r] : top;
  float shift = top == -__builtin_inff() ? 0 : top;
  auto weight = [&](int c) { return exp_score(splat(partial[c].top[r] - shift))[0]; };
  for (int c = 0; c < pieces; c++) total += weight(c) * partial[c].total[r];
  *logsumexp = top + log(splat(total))[0];
  for (int c = 0; c < pieces; c++) {
    float share = total == 0 ? 0 : weight(c) / total;
    each_vector(V, [&](size_t i, int lanes) {
      vf o = load(partial[c].o + r * partial[c].stride + i) * share;
      store_lanes(y + i, lanes, c == 0 ? o : load_lanes(y + i, lanes) + o);
    });
  }
}

static void decode(const Attention& p, float* y, float* logsumexp) {
  const int rows = p.rows(), units = p.units(), most = (p.S + kPiece - 1) / kPiece, pieces = most > 0 ? most : 1;
  const size_t stride = whole(p.V), each = rows * (stride + 2 * W);
  const size_t own = kFew * kKeys + kKeys * stride;
  float* scratch = (float*)llm_scratch(0, sizeof(float) * own * llm_thread_count());
  float* shared = (float*)llm_scratch(1, sizeof(float) * each * units * pieces + sizeof(Partial) * pieces);
  Partial* of_unit = (Partial*)(shared + each * units * pieces);
  auto partial = [&](int unit, int piece) {
    float* at = shared + ((size_t)unit * pieces + piece) * each;
    return Partial{at + rows * stride, at + rows * (stride + W), at, stride};
  };
  parallel(units * pieces, [&](int chunk, int thread) {
    int unit = chunk / pieces, piece = chunk % pieces, end = (piece + 1) * kPiece;
    decode_piece(p, unit, piece * kPiece, end < p.S ? end : p.S, scratch + own * thread, partial(unit, piece));
  });
  for (int unit = 0; unit < units; unit++) {
    for (int c = 0; c < pieces; c++) of_unit[c] = partial(unit, c);
    for (int r = 0; r < rows; r++) {
      size_t row = (size_t)unit * rows + r;
      merge_row(of_unit, pieces, r, p.V, y + row * p.V, logsumexp + row);
    }
  }
}

}  // namespace LLM_ISA

#endif
