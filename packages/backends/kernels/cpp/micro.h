// The innermost loops of a matrix product: one tile of C held in registers, over one block of K.
//
//   acc[i][j] += a[k][i] · b[k][j],  i < R rows, j < V vectors of columns; then C = acc, or C += acc, finished in place
//
// Per k: V vectors of b, R broadcasts of a, R·V fused multiply-adds. The tile is as large as the registers allow, so that
// loads stay below the two a cycle that processors can do: 8×48 for AVX-512 (24 accumulators of 32 registers), 6×16 for
// AVX2 and 6×8 for 16 registers of 4 lanes; engines that compile WebAssembly keep some of those, so 4×8 there. Source: Goto, van de Geijn: "Anatomy of High-Performance Matrix
// Multiplication" (2008); Van Zee, van de Geijn: "BLIS" (2015).

#ifndef LLM_MICRO_H
#define LLM_MICRO_H

#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

#if defined(__AVX512F__)
constexpr int TILE_ROWS = 8, TILE_VECTORS = 3;
#elif defined(__aarch64__)
constexpr int TILE_ROWS = 8, TILE_VECTORS = 3;
#elif defined(__wasm__)
constexpr int TILE_ROWS = 4, TILE_VECTORS = 2;
#else
constexpr int TILE_ROWS = 6, TILE_VECTORS = 2;
#endif
constexpr int TILE_COLUMNS = TILE_VECTORS * W;

/** What a Linear does besides the product. Codes of `activation`: see `activate`. */
struct Finish {
  bool add;               // C += instead of C =
  const float* bias;      // per column, or null
  const float* residual;  // laid out as C, or null
  int activation;
  bool plain() const { return !bias && !residual && activation == 0; }
};

/** The activations that may follow a product: 0 none, 1 relu, 2 relu6, 3 logistic. */
LLM_INLINE vf activate(vf x, int activation) {
  if (activation == 1) return max(x, splat(0));
  if (activation == 2) return min(max(x, splat(0)), splat(6));
  if (activation == 3) return sigmoid(x);
  return x;
}

/** Takes an accumulator to its place in C. `at` is the offset of the place in C, `column` in the bias. */
LLM_INLINE void finish(vf value, float* c, const Finish& f, size_t at, size_t column, int lanes) {
  if (f.add) value = value + load_lanes(c + at, lanes);
  if (f.bias) value = value + load_lanes(f.bias + column, lanes);
  value = activate(value, f.activation);
  if (f.residual) value = value + load_lanes(f.residual + at, lanes);
  store_lanes(c + at, lanes, value);
}

/** `finish` for a whole tile: `rows` times V vectors. */
template <int V>
static __attribute__((noinline)) void finish_tile(const vf* sums, int rows, float* c, size_t ldc, int lanes,
                                                  const Finish& f) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < V; j++)
      finish(sums[i * V + j], c, f, i * ldc + j * W, j * W, j == V - 1 ? lanes : W);
}

/** One step of K by float32; the 32-bit elements of packed pairs of bfloat16 have one of their own (bf16.h). */
struct MultiplyAdd {
  LLM_INLINE vf step(float a, vf b, vf acc) { return fma(splat(a), b, acc); }
};

/**
 * `a` holds R values per k, `stride_a` apart, `b` V vectors; the last vector of C has `lanes` columns. IN_PLACE, `a` is the
 * matrix itself, its rows contiguous and `stride_a` apart: packing them would only cost.
 */
template <int R, int V, bool IN_PLACE>
static void tile(size_t depth, const float* a, size_t stride_a, const float* b, size_t stride_b, float* c, size_t ldc,
                 int lanes, const Finish& f) {
  vf acc[R][V] = {};
  for (int i = 0; i < R; i++) {
    for (int j = 0; j < V; j++) __builtin_prefetch(c + i * ldc + j * W, 1);
    __builtin_prefetch(c + i * ldc + V * W - 1, 1);
  }
  for (size_t k = 0; k < depth; k++) {
    vf right[V];
    for (int j = 0; j < V; j++) right[j] = load(b + j * W);
    for (int i = 0; i < R; i++)
      for (int j = 0; j < V; j++) acc[i][j] = MultiplyAdd::step(IN_PLACE ? a[i * stride_a] : a[i], right[j], acc[i][j]);
    a += IN_PLACE ? 1 : stride_a;
    b += stride_b;
  }
  if (lanes == W && f.plain()) {
    // Unrolled, because most tiles end here and an index that varies would move all sums to memory.
    for (int i = 0; i < R; i++)
      for (int j = 0; j < V; j++) store(c + i * ldc + j * W, f.add ? acc[i][j] + load(c + i * ldc + j * W) : acc[i][j]);
    return;
  }
  vf sums[R][V];
  for (int i = 0; i < R; i++)
    for (int j = 0; j < V; j++) sums[i][j] = acc[i][j];
  finish_tile<V>(sums[0], R, c, ldc, lanes, f);
}

}  // namespace LLM_ISA

#endif
