// Dropout from a counter-based stream: y = x ⊙ m with m = 0 where a word of the stream is at most `limit`, else `scale`.
//
// Element i takes word `position + i` of Philox-4x32-10 under the key, as `@llm/random` draws it, so the mask is that of
// the composite bit for bit, and the gradient draws it again instead of keeping it. A vector computes W/2 blocks of four
// words, one in each 64-bit lane: the products of 32-bit words need 64 bits, and the upper half of a lane may hold
// anything wherever the next step multiplies, which reads the lower half only. Which block a lane computes is chosen so
// that the words come out in order without crossing 128-bit lanes.
// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.

#ifndef LLM_DROPOUT_H
#define LLM_DROPOUT_H

#include "kernel.h"
#include "vec.h"

namespace LLM_ISA {

typedef uint64_t vl __attribute__((vector_size(4 * W)));
typedef uint32_t vu __attribute__((vector_size(4 * W)));

/** The 64-bit products of the lower halves. */
LLM_INLINE vl multiply_low(vl a, uint32_t b) {
#if defined(__AVX512F__)
  return (vl)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64(b));
#elif defined(__AVX2__)
  return (vl)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x(b));
#else
  return (a & 0xffffffffu) * (uint64_t)b;
#endif
}

/** The even lanes of a and b in turns, a₀ b₀ a₂ b₂ …, and the odd ones. */
LLM_INLINE vl even_lanes(vl a, vl b) {
#if defined(__AVX512F__)
  return (vl)_mm512_unpacklo_epi64((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (vl)_mm256_unpacklo_epi64((__m256i)a, (__m256i)b);
#else
  return __builtin_shufflevector(a, b, 0, 2);
#endif
}
LLM_INLINE vl odd_lanes(vl a, vl b) {
#if defined(__AVX512F__)
  return (vl)_mm512_unpackhi_epi64((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (vl)_mm256_unpackhi_epi64((__m256i)a, (__m256i)b);
#else
  return __builtin_shufflevector(a, b, 1, 3);
#endif
}

struct PhiloxKey {
  uint32_t words[10][2];

  PhiloxKey(uint32_t k0, uint32_t k1) {
    for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
      words[round][0] = k0;
      words[round][1] = k1;
    }
  }
};

struct Words {
  vu first, second;
};

/** The 2·W words of group `group` of the stream. */
LLM_INLINE Words philox(uint64_t group, const PhiloxKey& key) {
  vl c0;
  for (int lane = 0; lane < W / 2; lane++) c0[lane] = (uint64_t)((lane % 2) * (W / 4) + lane / 2);
  c0 += group * (W / 2);
  vl c1 = c0 >> 32, c2 = {}, c3 = {};
  for (int round = 0; round < 10; round++) {
    vl p0 = multiply_low(c0, 0xd2511f53u), p1 = multiply_low(c2, 0xcd9e8d57u);
    c0 = (p1 >> 32) ^ c1 ^ (uint64_t)key.words[round][0];
    c2 = (p0 >> 32) ^ c3 ^ (uint64_t)key.words[round][1];
    c1 = p1;
    c3 = p0;
  }
  vl front = (c0 & 0xffffffffu) | (c1 << 32), back = (c2 & 0xffffffffu) | (c3 << 32);
  return {(vu)even_lanes(front, back), (vu)odd_lanes(front, back)};
}

/** x, y [n]. */
static void dropout(const float* x, float* y, size_t n, uint64_t position, uint32_t key0, uint32_t key1,
                    uint32_t limit, float scale) {
  if (n == 0) return;
  const PhiloxKey key(key0, key1);
  const uint64_t words = 2 * W, first = position / words, last = (position + n - 1) / words;
  auto masked = [&](vu word) { return select((vi)(word > limit), splat(scale), splat(0)); };
  parallel_ranges((size_t)(last - first + 1), 3.0 * words, [&](size_t begin, size_t end, int) {
    for (uint64_t group = first + begin; group < first + end; group++) {
      Words drawn = philox(group, key);
      vf mask[2] = {masked(drawn.first), masked(drawn.second)};
      // The group's words belong to the elements from here on; at both ends some have none.
      int64_t at = (int64_t)(group * words - position);
      if (at >= 0 && (size_t)at + words <= n) {
        store(y + at, load(x + at) * mask[0]);
        store(y + at + W, load(x + at + W) * mask[1]);
        continue;
      }
      for (int i = 0; i < 2 * W; i++) {
        if (at + i >= 0 && (size_t)(at + i) < n) y[at + i] = x[at + i] * mask[i / W][i % W];
      }
    }
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_DROPOUT LLM_KERNEL(dropout),

#endif
