// What attention is asked, and which keys each query may see.
//
// Causality, prefix and length all say the same thing, a query sees the keys before a limit of its own:
//
//   limit(i) = min(length, max(i + 1, prefix))  with "causal", else min(length, S);  i counts from S − T
//
// so no [T, S] mask is needed, keys at and after the largest limit of some queries are never touched, and only the few
// keys between their smallest and largest limit are compared one by one. A mask tensor is asked in addition; where it
// forbids some queries a whole block of keys, as masks of packed documents and windows do, the block is left out.
//
// Queries are treated in strips of two vectors, one query a lane. All query heads that share keys lie one behind the
// other in memory; where there are few positions, strips run through the heads as if they were positions.

#ifndef LLM_ATTENTION_ROWS_H
#define LLM_ATTENTION_ROWS_H

#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

constexpr int kStrip = 2 * W;      // queries of a strip
constexpr int kBlock = 64;         // queries of a block, some strips that use the same keys one after the other
constexpr int kKeys = 64;          // keys that are treated at a time
constexpr int kStrips = kBlock / kStrip;

/** Shapes: B batch, N query heads, K heads of keys, T queries, S keys, H their size, V size of the values. */
struct Attention {
  const float *q, *k, *v;
  const uint8_t* mask;
  const int32_t *lengths, *prefix;
  const float* slopes;
  int B, N, K, T, S, H, V;
  bool causal;
  float scale;
  size_t mask_stride[4];

  /** Heads that are treated as one sequence of queries. */
  int folded() const { return T < kBlock ? N / K : 1; }
  int units() const { return B * N / folded(); }
  int rows() const { return T * folded(); }
  int blocks() const { return (rows() + kBlock - 1) / kBlock; }
  /** Which head of keys, counted through the batch, a unit uses. */
  size_t keys_of(int unit) const { return (size_t)unit * folded() / (N / K); }
};

/** The queries of a strip. */
struct Strip {
  size_t row;  // first one, counted through the whole tensor
  int rows[2];
  vi limit[2];
  int least[2], most[2];
  vf position[2], slope[2];
  const uint8_t* mask[kStrip];

  int keys() const { return most[0] > most[1] ? most[0] : most[1]; }
  int count() const { return rows[0] + rows[1]; }
};

static Strip strip_of(const Attention& p, int unit, int first) {
  Strip strip;
  strip.row = (size_t)unit * p.rows() + first;
  int t = (int)(strip.row % p.T), n = (int)(strip.row / p.T % p.N), b = (int)(strip.row / p.T / p.N);
  const int past = p.S - p.T;
  for (int v = 0; v < 2; v++) {
    int left = p.rows() - first - v * W;
    strip.rows[v] = left < 0 ? 0 : left < W ? left : W;
    int32_t limits[W] = {};
    float positions[W] = {}, slopes[W] = {};
    strip.least[v] = strip.rows[v] < W ? 0 : p.S;
    strip.most[v] = 0;
    for (int i = 0; i < strip.rows[v]; i++) {
      int limit = p.causal ? t + 1 + past : p.S;
      if (p.prefix && p.prefix[b] > limit) limit = p.prefix[b];
      if (p.lengths && p.lengths[b] < limit) limit = p.lengths[b];
      limit = limit < 0 ? 0 : limit > p.S ? p.S : limit;
      if (limit > strip.most[v]) strip.most[v] = limit;
      if (limit < strip.least[v]) strip.least[v] = limit;
      limits[i] = limit;
      positions[i] = (float)(t + past);
      if (p.slopes) slopes[i] = p.slopes[n];
      if (p.mask) strip.mask[v * W + i] = p.mask + b * p.mask_stride[0] + n * p.mask_stride[1] + t * p.mask_stride[2];
      // Where a unit is several heads, the next row may be the first position of the next head.
      if (++t == p.T) t = 0, n++;
    }
    for (int i = strip.rows[v]; i < W; i++) strip.mask[v * W + i] = p.mask;
    strip.limit[v] = load_int(limits);
    strip.position[v] = load(positions);
    strip.slope[v] = load(slopes);
  }
  return strip;
}

/** How much a mask leaves of some keys. */
enum Sight { kNothing, kSome, kAll };

/** What the mask alone lets a strip see of keys [key, key + n). */
static Sight sight(const Attention& p, const Strip& strip, int key, int n) {
  if (!p.mask) return kAll;
  bool any = false, all = true;
  const size_t step = p.mask_stride[3];
  const uint8_t* before = nullptr;
  for (int i = 0; i < strip.count() && !(any && !all); i++) {
    const uint8_t* row = strip.mask[i] + key * step;
    if (row == before) continue;
    before = row;
    int j = 0;
    for (; step == 1 && j + 8 <= n; j += 8) {
      uint64_t eight;
      __builtin_memcpy(&eight, row + j, 8);
      any |= eight != 0;
      // Borrowing reaches the top bit of a byte first where a byte is 0.
      all &= ((eight - 0x0101010101010101u) & ~eight & 0x8080808080808080u) == 0;
    }
    for (; j < n; j++) {
      any |= row[j * step] != 0;
      all &= row[j * step] != 0;
    }
  }
  return all ? kAll : any ? kSome : kNothing;
}

/** Vector v of a strip's scores of keys [key, key + n), one key a row: −∞ where the mask forbids. */
static void apply_mask(const Attention& p, const Strip& strip, int v, int key, int n, float* scores, size_t stride) {
  const vf never = splat(-__builtin_inff());
  const uint8_t* const* rows = strip.mask + v * W;
  const bool alike = p.mask_stride[1] == 0 && p.mask_stride[2] == 0;
  for (int j = 0; j < n; j++) {
    const size_t at = (key + j) * p.mask_stride[3];
    float* s = scores + j * stride;
    if (alike) {
      if (rows[0][at] == 0) store(s, never);
      continue;
    }
    int32_t seen[W];
    for (int i = 0; i < W; i++) seen[i] = rows[i][at];
    store(s, select((vi)(load_int(seen) != splat_int(0)), load(s), never));
  }
}

/** The same scores with the slopes' bias, and −∞ for keys that a query may not see. */
static void settle(const Attention& p, const Strip& strip, Sight sight, int v, int key, int n, float* scores,
                   size_t stride) {
  if (p.slopes) {
    for (int j = 0; j < n; j++) {
      float* s = scores + j * stride;
      vf distance = to_float(splat_int(key + j)) - strip.position[v];
      store(s, fma(strip.slope[v], distance, load(s)));
    }
  }
  if (sight == kSome) apply_mask(p, strip, v, key, n, scores, stride);
  int free = strip.least[v] - key;
  for (int j = free < 0 ? 0 : free; j < n; j++) {
    float* s = scores + j * stride;
    store(s, select((vi)(splat_int(key + j) < strip.limit[v]), load(s), splat(-__builtin_inff())));
  }
}

/**
 * e^x for scores below their maximum: as `exp`, but 0 below e^−64 ≈ 10^−28, which no float32 sum with 1 can feel.
 * Weights smaller than that would become denormal numbers in the gradient, and those are many times slower.
 */
LLM_INLINE vf exp_score(vf x) {
  constexpr float kLeastExponent = -64;
#if defined(__AVX512F__)
  const vf magic = splat(12582912.0f);
  vf n = fma(x, splat(1.44269504088896341f), magic) - magic;
  vf r = fma(n, splat(-0.693359375f), x);
  r = fma(n, splat(2.12194440e-4f), r);
  vf e = splat(1.9875691500e-4f);
  e = fma(e, r, splat(1.3981999507e-3f));
  e = fma(e, r, splat(8.3334519073e-3f));
  e = fma(e, r, splat(4.1665795894e-2f));
  e = fma(e, r, splat(1.6666665459e-1f));
  e = fma(e, r, splat(5.0000001201e-1f));
  e = fma(e, r * r, r) + 1.0f;
  __mmask16 kept = _mm512_cmp_ps_mask((__m512)x, (__m512)splat(kLeastExponent), _CMP_NLT_UQ);
  return (vf)_mm512_maskz_scalef_ps(kept, (__m512)e, (__m512)n);
#else
  return select((vi)(x < splat(kLeastExponent)), vf{}, exp(x));
#endif
}

}  // namespace LLM_ISA

#endif
