// The small matrix products of attention, tiled in registers.
//
//   C [M, N] = (nothing | C | C ⊙ factor) + A·B,  A [M, D] or, by depth, [D, M];  B [D, N];  C [M, N]
//
// A tile of C, some rows of two vectors, stays in registers while the depth passes: two loads of B and one broadcast
// of A a row feed two multiply-adds a row. A is read in place through single elements, so it may lie either way and have any
// number of rows; B is read by whole vectors, so its rows must be padded to whole vectors.

#ifndef LLM_ATTENTION_TILE_H
#define LLM_ATTENTION_TILE_H

#include "vec.h"

namespace LLM_ISA {

// With two vectors a row, 16 sums of 32 registers, or 12 of 16: enough to hide the latency of the multiply-add.
constexpr int kTileRows = W == 16 ? 8 : 6;

/** What a product adds to: nothing, C, or C times a factor for each column. */
enum Start { kFresh, kAdd, kScaled };

/** A as it lies in memory. */
enum Order { kByRow, kByDepth };

/** C: `lanes` counts the columns of its last vector; `factor` holds a vector for each vector of columns. */
struct Target {
  float* c;
  size_t stride;
  int lanes;
  const vf* factor;
};

LLM_INLINE vf broadcast(const float* p) {
#if defined(__AVX512F__)
  return (vf)_mm512_set1_ps(*p);
#elif defined(__AVX2__)
  return (vf)_mm256_broadcast_ss(p);
#else
  return vf{*p, *p, *p, *p};
#endif
}

template <int M, int V, Order order, Start start>
static void tile(int depth, const float* a, size_t a_stride, const float* b, size_t b_stride, Target to) {
  vf sum[M][V];
LLM_UNROLL
  for (int m = 0; m < M; m++) {
LLM_UNROLL
    for (int v = 0; v < V; v++) {
      const float* c = to.c + m * to.stride + v * W;
      sum[m][v] = vf{};
      if (start != kFresh) sum[m][v] = v == V - 1 ? load_lanes(c, to.lanes) : load(c);
      if (start == kScaled) sum[m][v] *= to.factor[v];
    }
  }
  for (int d = 0; d < depth; d++) {
    vf row[V];
LLM_UNROLL
    for (int v = 0; v < V; v++) row[v] = load(b + v * W);
LLM_UNROLL
    for (int m = 0; m < M; m++) {
      vf x = broadcast(order == kByRow ? a + m * a_stride : a + m);
LLM_UNROLL
      for (int v = 0; v < V; v++) sum[m][v] = fma(x, row[v], sum[m][v]);
    }
    a += order == kByRow ? 1 : a_stride;
    b += b_stride;
  }
LLM_UNROLL
  for (int m = 0; m < M; m++) {
LLM_UNROLL
    for (int v = 0; v < V; v++) {
      float* c = to.c + m * to.stride + v * W;
      if (v == V - 1) store_lanes(c, to.lanes, sum[m][v]);
      else store(c, sum[m][v]);
    }
  }
}

/** The product for V vectors of columns and any number of rows: whole tiles, then smaller ones. */
template <int V, Order order, Start start>
static void product(int rows, int depth, const float* a, size_t a_stride, const float* b, size_t b_stride, Target to) {
#define LLM_TILES(M)                                                        \
  while (rows >= M) {                                                       \
    tile<M, V, order, start>(depth, a, a_stride, b, b_stride, to);          \
    a += order == kByRow ? M * a_stride : M;                                \
    to.c += M * to.stride;                                                  \
    rows -= M;                                                              \
  }
  LLM_TILES(kTileRows)
  LLM_TILES(4)
  LLM_TILES(2)
  LLM_TILES(1)
#undef LLM_TILES
}

}  // namespace LLM_ISA

#endif
