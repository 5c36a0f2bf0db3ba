// Products with a weight of 8 or 4 bits: levels in blocks of 32 along a row, one float32 scale a block.
//
//   y[i, j] = Σ_b scale[j, b] Σ_l level[j, b, l] x[i, 32 b + l]
//
// A level of 8 bits is a signed byte. A byte of 4-bit levels holds element l of its block in the low half and element
// l + 16 in the high one, each 8 too large. For few rows (a model that generates) the levels are widened in registers, so
// that memory delivers a quarter or an eighth of a float32 weight; many rows multiply by a dequantized copy.
// Source: the blocks Q8_0 and Q4_0 of ggml (github.com/ggml-org/ggml), their levels and scales apart.

#ifndef LLM_QUANTIZED_H
#define LLM_QUANTIZED_H

#include "kernel.h"
#include "vec.h"

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

namespace LLM_ISA {

constexpr size_t BLOCK_LEVELS = 32;

typedef int8_t vb_at __attribute__((vector_size(W), aligned(1), may_alias));
typedef uint8_t vu_at __attribute__((vector_size(W), aligned(1), may_alias));

LLM_INLINE vi widen_signed(const uint8_t* p) {
#if defined(__AVX512F__)
  return (vi)_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i*)p));
#elif defined(__AVX2__)
  return (vi)_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i*)p));
#elif defined(__wasm_simd128__)
  return (vi)wasm_i32x4_extend_low_i16x8(wasm_i16x8_extend_low_i8x16(wasm_v128_load32_zero(p)));
#else
  return __builtin_convertvector(*(const vb_at*)p, vi);
#endif
}

LLM_INLINE vi widen(const uint8_t* p) {
#if defined(__AVX512F__)
  return (vi)_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i*)p));
#elif defined(__AVX2__)
  return (vi)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i*)p));
#elif defined(__wasm_simd128__)
  return (vi)wasm_u32x4_extend_low_u16x8(wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(p)));
#else
  return __builtin_convertvector(*(const vu_at*)p, vi);
#endif
}

/** Calls f(offset, level vector) for the vectors of a block. */
template <int BITS, typename F>
LLM_INLINE void each_levels(const uint8_t* block, F f) {
  if (BITS == 8) {
LLM_UNROLL
    for (int i = 0; i < 32; i += W) f(i, to_float(widen_signed(block + i)));
  } else {
LLM_UNROLL
    for (int i = 0; i < 16; i += W) {
      vi both = widen(block + i);
      f(i, to_float((both & splat_int(15)) - 8));
      f(i + 16, to_float((both >> 4) - 8));
    }
  }
}

template <int BITS>
LLM_INLINE float quantized_dot(const float* x, const uint8_t* levels, const float* scales, size_t blocks) {
  vf total[2] = {};
  for (size_t b = 0; b < blocks; b++) {
    vf s = {};
    each_levels<BITS>(levels + b * 4 * BITS, [&](int at, vf level) { s = fma(level, load(x + b * BLOCK_LEVELS + at), s); });
    total[b & 1] = fma(s, splat(scales[b]), total[b & 1]);
  }
  return sum(total[0] + total[1]);
}

template <int BITS>
static void multiply_quantized(const float* x, const uint8_t* levels, const float* scales, float* y, size_t m, size_t n,
                               size_t k) {
  const size_t blocks = k / BLOCK_LEVELS, row = k * BITS / 8;
  parallel_ranges(n, (double)k * m, [&](size_t begin, size_t end, int) {
    for (size_t j = begin; j < end; j++)
      for (size_t i = 0; i < m; i++)
        y[i * n + j] = quantized_dot<BITS>(x + i * k, levels + j * row, scales + j * blocks, blocks);
  });
}

template <int BITS>
static void dequantize_rows(const uint8_t* levels, const float* scales, float* weight, size_t n, size_t k) {
  const size_t blocks = k / BLOCK_LEVELS;
  parallel_ranges(n * blocks, BLOCK_LEVELS, [&](size_t begin, size_t end, int) {
    for (size_t b = begin; b < end; b++)
      each_levels<BITS>(levels + b * 4 * BITS,
                        [&](int at, vf level) { store(weight + b * BLOCK_LEVELS + at, level * splat(scales[b])); });
  });
}

/** y [m, n] = x [m, k] · Wᵀ, W [n, k] in levels of 8 or 4 bits; k is a multiple of 32. For few rows m. */
static void quantized_product(const float* x, const uint8_t* levels, const float* scales, float* y, size_t m, size_t n,
                              size_t k, int bits) {
  if (bits == 8) multiply_quantized<8>(x, levels, scales, y, m, n, k);
  else multiply_quantized<4>(x, levels, scales, y, m, n, k);
}

/** weight [n, k], the values that levels and scales stand for. */
static void dequantize(const uint8_t* levels, const float* scales, float* weight, size_t n, size_t k, int bits) {
  if (bits == 8) dequantize_rows<8>(levels, scales, weight, n, k);
  else dequantize_rows<4>(levels, scales, weight, n, k);
}

}  // namespace LLM_ISA

#define LLM_TABLE_QUANTIZED LLM_KERNEL(quantized_product), LLM_KERNEL(dequantize),

#endif
