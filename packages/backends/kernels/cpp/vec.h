// One vector of float32 lanes, as wide as the instruction set that this file is compiled for.
//
// The kernels are written once over the names below and compiled once per instruction set, each time in a namespace of
// its own (LLM_ISA): AVX-512 (16 lanes), AVX2 (8), and everything else, NEON and WebAssembly SIMD included, with the
// compiler's portable vectors of 4 lanes. Plain operators (+ - * / < ?:) work lane by lane; what has no operator is a
// function here. Nothing of the C++ library is used, so that the same text builds for WebAssembly without one.

#ifndef LLM_VEC_H
#define LLM_VEC_H

#include <stddef.h>
#include <stdint.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#ifndef LLM_ISA
#error "define LLM_ISA, the namespace of this instruction set"
#endif

#define LLM_INLINE static inline __attribute__((always_inline))

namespace LLM_ISA {

#if defined(__AVX512F__)
constexpr int W = 16;
#elif defined(__AVX2__)
constexpr int W = 8;
#else
constexpr int W = 4;
#endif

typedef float vf __attribute__((vector_size(4 * W)));
typedef int32_t vi __attribute__((vector_size(4 * W)));
// The same lanes at any address: reading through these types compiles to one unaligned load.
typedef float vf_at __attribute__((vector_size(4 * W), aligned(4), may_alias));
typedef int32_t vi_at __attribute__((vector_size(4 * W), aligned(4), may_alias));

LLM_INLINE vf load(const float* p) { return *(const vf_at*)p; }
LLM_INLINE void store(float* p, vf v) { *(vf_at*)p = v; }
LLM_INLINE vi load_int(const int32_t* p) { return *(const vi_at*)p; }
LLM_INLINE void store_int(int32_t* p, vi v) { *(vi_at*)p = v; }
// Minus, because x − 0 is x for every x and costs nothing, while 0 + x turns −0 into 0 and is an instruction.
LLM_INLINE vf splat(float x) { return x - vf{}; }
LLM_INLINE vi splat_int(int32_t x) { return vi{} + x; }

/** The first n lanes from memory, n < W; the others are `fill`. Nothing behind them is touched. */
LLM_INLINE vf load_part(const float* p, int n, float fill = 0) {
#if defined(__AVX512F__)
  return (vf)_mm512_mask_loadu_ps((__m512)splat(fill), (__mmask16)((1u << n) - 1), p);
#else
  vf v = splat(fill);
  for (int i = 0; i < n; i++) v[i] = p[i];
  return v;
#endif
}

/** Writes the first n lanes, n < W. */
LLM_INLINE void store_part(float* p, int n, vf v) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
#else
  for (int i = 0; i < n; i++) p[i] = v[i];
#endif
}

/** a·b + c; rounded once where the hardware has such an instruction. */
LLM_INLINE vf fma(vf a, vf b, vf c) {
#if defined(__AVX512F__)
  return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__AVX2__)
  return (vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__wasm_relaxed_simd__)
  return __builtin_wasm_relaxed_madd_f32x4(a, b, c);
#else
  return a * b + c;
#endif
}

/** Lane-wise choice; NaN in a comparison counts as false. */
LLM_INLINE vf select(vi condition, vf yes, vf no) { return (vf)((condition & (vi)yes) | (~condition & (vi)no)); }

/** As Math.max for finite values: a NaN in either argument gives `b`. */
LLM_INLINE vf max(vf a, vf b) {
#if defined(__AVX512F__)
  return (vf)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
  return (vf)_mm256_max_ps((__m256)a, (__m256)b);
#else
  return select((vi)(a > b), a, b);
#endif
}

LLM_INLINE vf min(vf a, vf b) {
#if defined(__AVX512F__)
  return (vf)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
  return (vf)_mm256_min_ps((__m256)a, (__m256)b);
#else
  return select((vi)(a < b), a, b);
#endif
}

LLM_INLINE vf sqrt(vf x) {
#if defined(__AVX512F__)
  return (vf)_mm512_sqrt_ps((__m512)x);
#elif defined(__AVX2__)
  return (vf)_mm256_sqrt_ps((__m256)x);
#elif defined(__wasm_simd128__)
  return __builtin_wasm_sqrt_f32x4(x);
#else
  for (int i = 0; i < W; i++) x[i] = __builtin_sqrtf(x[i]);
  return x;
#endif
}

LLM_INLINE vf abs(vf x) { return (vf)((vi)x & splat_int(0x7fffffff)); }

/** Rounds towards zero; defined for |x| < 2^31. */
LLM_INLINE vi to_int(vf x) { return __builtin_convertvector(x, vi); }
LLM_INLINE vf to_float(vi x) { return __builtin_convertvector(x, vf); }

/** The sum of all lanes, in the order of a tree: the same for each instruction set's own width. */
LLM_INLINE float sum(vf v) {
  float lanes[W];
  store(lanes, v);
  for (int half = W / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
  return lanes[0];
}

LLM_INLINE float largest(vf v) {
  float m = v[0];
  for (int i = 1; i < W; i++) m = v[i] > m ? v[i] : m;
  return m;
}

/**
 * Calls f(index, lanes) for each vector of a row of n floats, `lanes` being W but for the last one; f reads and writes
 * through `load_lanes` and `store_lanes`.
 */
template <typename F>
LLM_INLINE void each_vector(size_t n, F f) {
  size_t i = 0;
  for (; i + W <= n; i += W) f(i, W);
  if (i < n) f(i, (int)(n - i));
}

LLM_INLINE vf load_lanes(const float* p, int lanes, float fill = 0) {
  return lanes == W ? load(p) : load_part(p, lanes, fill);
}
LLM_INLINE void store_lanes(float* p, int lanes, vf v) {
  if (lanes == W) store(p, v);
  else store_part(p, lanes, v);
}

}  // namespace LLM_ISA

#endif
