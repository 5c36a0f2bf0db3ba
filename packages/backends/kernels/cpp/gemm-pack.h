// Packing: a strip of a matrix laid out as the inner kernel reads it.
//
// A panel holds R rows (of op(A)) or R columns (of op(B)) for `depth` steps of the inner dimension: R numbers for step 0,
// then R for step 1, and so on. Missing rows at the edge are zeros, so the inner kernel never asks. Where the source is
// contiguous along R a step is a copy; where it is contiguous along the inner dimension, W×W blocks are transposed in
// registers. Strides make every transpose of the operands one of these two.

#ifndef LLM_GEMM_PACK_H
#define LLM_GEMM_PACK_H

#include "vec.h"

namespace LLM_ISA {

/** A matrix with any strides, in floats. */
struct Strided {
  const float* data;
  size_t outer;  // step along R: the rows of op(A), the columns of op(B)
  size_t inner;  // step along the inner dimension
};

/** rows[i][j] ↔ rows[j][i] for W×W lanes: log2 W rounds that exchange halves of blocks of 2, 4, … W. */
LLM_INLINE void transpose_block(vf* rows) {
#if defined(__AVX512F__)
  __m512 t[16], u[16];
#pragma GCC unroll 8
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_ps((__m512)rows[i], (__m512)rows[i + 1]);
    t[i + 1] = _mm512_unpackhi_ps((__m512)rows[i], (__m512)rows[i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
    u[i] = (__m512)_mm512_unpacklo_pd((__m512d)t[i], (__m512d)t[i + 2]);
    u[i + 1] = (__m512)_mm512_unpackhi_pd((__m512d)t[i], (__m512d)t[i + 2]);
    u[i + 2] = (__m512)_mm512_unpacklo_pd((__m512d)t[i + 1], (__m512d)t[i + 3]);
    u[i + 3] = (__m512)_mm512_unpackhi_pd((__m512d)t[i + 1], (__m512d)t[i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    __m512 a = _mm512_shuffle_f32x4(u[i], u[i + 4], 0x88), b = _mm512_shuffle_f32x4(u[i], u[i + 4], 0xdd);
    __m512 c = _mm512_shuffle_f32x4(u[i + 8], u[i + 12], 0x88), d = _mm512_shuffle_f32x4(u[i + 8], u[i + 12], 0xdd);
    rows[i] = (vf)_mm512_shuffle_f32x4(a, c, 0x88);
    rows[i + 8] = (vf)_mm512_shuffle_f32x4(a, c, 0xdd);
    rows[i + 4] = (vf)_mm512_shuffle_f32x4(b, d, 0x88);
    rows[i + 12] = (vf)_mm512_shuffle_f32x4(b, d, 0xdd);
  }
#else
  float block[W][W];
  for (int i = 0; i < W; i++) store(block[i], rows[i]);
  for (int i = 0; i < W; i++)
    for (int j = 0; j < W; j++) rows[i][j] = block[j][i];
#endif
}

/** One panel of R lines, `lines` ≤ R of which exist.. */
template <int R>
static void pack_panel(const Strided& m, size_t first, int lines, size_t start, int depth, float* out) {
  const float* source = m.data + first * m.outer + start * m.inner;
  if (m.outer == 1) {
    if (lines == R) {
      for (int k = 0; k < depth; k++, out += R, source += m.inner) {
        __builtin_memcpy(out, source, R * sizeof(float));
      }
      return;
    }
    for (int k = 0; k < depth; k++, out += R, source += m.inner)
      for (int i = 0; i < R; i++) out[i] = i < lines ? source[i] : 0;
    return;
  }
  int k = 0;
  if (m.inner == 1) {
    for (; k + W <= depth; k += W) {
      for (int i = 0; i < R; i += W) {
        vf rows[W];
#pragma GCC unroll 16
        for (int j = 0; j < W; j++) rows[j] = i + j < lines ? load(source + (i + j) * m.outer + k) : splat(0);
        transpose_block(rows);
        int width = R - i < W ? R - i : W;
#pragma GCC unroll 16
        for (int j = 0; j < W; j++) {
          if (width == W) store(out + (k + j) * R + i, rows[j]);
          else store_part(out + (k + j) * R + i, width, rows[j]);
        }
      }
    }
  }
  for (; k < depth; k++)
    for (int i = 0; i < R; i++) out[k * R + i] = i < lines ? source[i * m.outer + k * m.inner] : 0;
}

}  // namespace LLM_ISA

#endif
