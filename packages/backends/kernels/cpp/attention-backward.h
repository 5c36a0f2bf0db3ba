// The gradient of flash attention: scores are computed again, from what the forward pass kept, logsumexp L.
//
//   P = e^{S − L};  D = Σ_h dO ⊙ O;  dV = Pᵀ·dO;  dP = dO·Vᵀ;  dS = P ⊙ (dP − D);  dQ = scale·dS·K;  dK = scale·dSᵀ·Q
//
// One task treats blocks of queries of one head of keys one after the other: dQ of a block is then complete, and dK and
// dV are summed in the order of the blocks. Where there are few heads, each is cut in `parts` that sum for themselves,
// and their sums are added in order at the end; the number of parts depends on the shapes only, so the number of
// threads does not change the result. Scores stand as in attention.h, keys down and queries across, and the
// five products need no transposed copy of anything but Q and dO.
// Source: Dao, arXiv:2307.08691, algorithm 2.

#ifndef LLM_ATTENTION_BACKWARD_H
#define LLM_ATTENTION_BACKWARD_H

#include "attention-block.h"
#include "attention-rows.h"
#include "attention-tile.h"
#include "attention-transpose.h"
#include "kernel.h"

namespace LLM_ISA {

/** P and dS of one strip for keys [key, key + n), and its dQ. Returns whether it may see any of them. */
static bool reverse_strip(const Attention& p, Reverse& run, int key, int n, const float* k, const float* v,
                          float* weights, float* dscores) {
  const Sight seeing = sight(p, run.strip, key, n);
  int seen[2];
  for (int i = 0; i < 2; i++) {
    int left = seeing == kNothing ? 0 : run.strip.most[i] - key;
    seen[i] = left < 0 ? 0 : left < n ? left : n;
  }
  int both = seen[0] < seen[1] ? seen[0] : seen[1], more = seen[1] > seen[0] ? 1 : 0, rest = seen[more] - both;
  size_t alone = (size_t)both * kBlock + more * W;
  const float *k_rest = k + (size_t)both * p.H, *v_rest = v + (size_t)both * p.V;
  product<2, kByRow, kFresh>(both, p.H, k, p.H, run.q, kStrip, {weights, kBlock, W, nullptr});
  product<2, kByRow, kFresh>(both, p.V, v, p.V, run.dy, kStrip, {dscores, kBlock, W, nullptr});
  product<1, kByRow, kFresh>(rest, p.H, k_rest, p.H, run.q + more * W, kStrip, {weights + alone, kBlock, W, nullptr});
  product<1, kByRow, kFresh>(rest, p.V, v_rest, p.V, run.dy + more * W, kStrip, {dscores + alone, kBlock, W, nullptr});
  for (int i = 0; i < 2; i++) {
    settle(p, run.strip, seeing, i, key, seen[i], weights + i * W, kBlock);
    for (int j = 0; j < n; j++) {
      float *weight = weights + j * kBlock + i * W, *dscore = dscores + j * kBlock + i * W;
      vf e = j < seen[i] ? exp_score(load(weight) - run.logsumexp[i]) : vf{};
      vf d = j < seen[i] ? e * (load(dscore) - run.delta[i]) * p.scale : vf{};
      store(weight, e);
      store(dscore, d);
    }
  }
  product<2, kByDepth, kAdd>(p.H, both, k, p.H, dscores, kBlock, {run.dq, kStrip, W, nullptr});
  if (rest > 0)
    product<1, kByDepth, kAdd>(p.H, rest, k_rest, p.H, dscores + alone, kBlock,
                               {run.dq + more * W, kStrip, W, nullptr});
  return both + rest > 0;
}

/** C [rows, columns] = A·B, or added to C, whose rows are close together. */
template <Start start>
static void rows_product(int rows, int columns, int depth, const float* a, const float* b, size_t b_stride, float* c) {
  int i = 0;
  for (; i + W < columns; i += 2 * W) {
    int left = columns - i - W;
    product<2, kByRow, start>(rows, depth, a, kBlock, b + i, b_stride,
                              {c + i, (size_t)columns, left < W ? left : W, nullptr});
  }
  if (i < columns)
    product<1, kByRow, start>(rows, depth, a, kBlock, b + i, b_stride, {c + i, (size_t)columns, columns - i, nullptr});
}

/** A block's share in dK and dV of keys [key + from, key + to), without queries before the first that sees a key. */
template <Start start>
static void share_with_keys(const Attention& p, const ReverseBlock& block, int key, int from, int to, float* dk,
                            float* dv) {
  auto first_query = [&](int j) {
    int vector = 0;
    while (block.strips[vector / 2].strip.most[vector % 2] <= key + j) vector++;
    return vector * W;
  };
  for (int j = from; j < to;) {
    int first = first_query(j), end = j + 1;
    while (end < to && first_query(end) == first) end++;
    int depth = block.rows - first;
    rows_product<start>(end - j, p.V, depth, block.weights + j * kBlock + first, block.dy + first * block.dy_stride,
                        block.dy_stride, dv + (size_t)(key + j) * p.V);
    rows_product<start>(end - j, p.H, depth, block.dscores + j * kBlock + first, block.q + first * block.q_stride,
                        block.q_stride, dk + (size_t)(key + j) * p.H);
    j = end;
  }
}

/** dk and dv of one head of keys; behind the first `written` keys nothing has been written yet. */
struct KeyGradients {
  float *dk, *dv;
  int written;
};

/** One block of queries against all keys that it sees. */
static void reverse_block(const Attention& p, const Upstream& up, int unit, int index, float* scratch, float* dq,
                          KeyGradients& to) {
  ReverseBlock block;
  open_block(p, up, unit, index, scratch, block);
  const float* k = p.k + p.keys_of(unit) * p.S * p.H;
  const float* v = p.v + p.keys_of(unit) * p.S * p.V;
  for (int key = 0; key < block.keys; key += kKeys) {
    int n = block.keys - key < kKeys ? block.keys - key : kKeys;
    bool any = false;
    for (int s = 0; s < block.count; s++)
      any |= reverse_strip(p, block.strips[s], key, n, k + (size_t)key * p.H, v + (size_t)key * p.V,
                           block.weights + s * kStrip, block.dscores + s * kStrip);
    if (!any && key + n <= to.written) continue;
    int old = to.written - key;
    old = old < 0 ? 0 : old < n ? old : n;
    share_with_keys<kAdd>(p, block, key, 0, old, to.dk, to.dv);
    share_with_keys<kFresh>(p, block, key, old, n, to.dk, to.dv);
  }
  if (block.keys > to.written) to.written = block.keys;
  for (int s = 0; s < block.count; s++) {
    const Reverse& run = block.strips[s];
    for (int i = 0; i < 2; i++)
      columns_to_rows(run.dq + i * W, kStrip, run.strip.rows[i], p.H, splat(1), dq + (run.strip.row + i * W) * p.H,
                      p.H);
  }
}

/** dst += the same of each further part, in their order. */
static void add_parts(float* dst, const float* more, int parts, size_t n) {
  parallel_ranges(n, parts, [&](size_t begin, size_t end, int) {
    for (int part = 1; part < parts; part++) {
      const float* from = more + (size_t)(part - 1) * n;
      each_vector(end - begin, [&](size_t i, int lanes) {
        float* to = dst + begin + i;
        store_lanes(to, lanes, load_lanes(to, lanes) + load_lanes(from + begin + i, lanes));
      });
    }
  });
}

/** Arguments as for `attention`; `partial` has room for dk and dv (parts − 1) times. */
static void attention_gradient(const float* q, const float* k, const float* v, const uint8_t* mask,
                               const int32_t* lengths, const int32_t* prefix, const float* slopes, const float* y,
                               const float* logsumexp, const float* dy, float* dq, float* dk, float* dv,
                               float* partial, int parts, int B, int N, int K, int T, int S, int H, int V,
                               bool causal, float scale, size_t mask_b, size_t mask_n, size_t mask_t, size_t mask_s) {
  Attention p = {q, k, v, mask, lengths, prefix, slopes, B, N, K, T, S, H, V, causal, scale,
                 {mask_b, mask_n, mask_t, mask_s}};
  Upstream up = {y, logsumexp, dy};
  size_t heads = (size_t)B * K, dk_size = (size_t)S * H, dv_size = (size_t)S * V;
  float* more_dk = partial;
  float* more_dv = partial + (parts - 1) * heads * dk_size;
  size_t floats = backward_floats(p);
  float* scratch = (float*)llm_scratch(0, sizeof(float) * floats * llm_thread_count());
  int units = heads == 0 ? 0 : (int)(p.units() / heads), blocks = p.blocks();
  parallel((int)heads * parts, [&](int chunk, int thread) {
    size_t head = chunk / parts, part = chunk % parts;
    KeyGradients to = {part == 0 ? dk + head * dk_size : more_dk + ((part - 1) * heads + head) * dk_size,
                       part == 0 ? dv + head * dv_size : more_dv + ((part - 1) * heads + head) * dv_size, 0};
    for (int i = (int)part; i < units * blocks; i += parts)
      reverse_block(p, up, (int)head * units + i / blocks, i % blocks, scratch + floats * thread, dq, to);
    __builtin_memset(to.dk + (size_t)to.written * H, 0, sizeof(float) * (S - to.written) * H);
    __builtin_memset(to.dv + (size_t)to.written * V, 0, sizeof(float) * (S - to.written) * V);
  });
  if (parts > 1) {
    add_parts(dk, more_dk, parts, heads * dk_size);
    add_parts(dv, more_dv, parts, heads * dv_size);
  }
}

}  // namespace LLM_ISA

#endif
