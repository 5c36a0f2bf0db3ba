// The matrix product C (+)= A·B of float32, near the limit of the processor's multiply-add units.
//
// K is cut in blocks of at most 256, M and N in larger ones. For a block of K, both operands are copied into panels
// (pack.h), all threads together; then the threads take groups of tiles of C and run the innermost loops (micro.h): a panel
// of B stays in the first cache, a group of panels of A in the second. Each element of C is the sum over the blocks of K
// in their order, each block summed in order of k, whoever computes it: the number of threads changes no bit.
// Source: as in micro.h.

#ifndef LLM_GEMM_H
#define LLM_GEMM_H

#include "kernel.h"
#include "micro.h"
#include "pack.h"

namespace LLM_ISA {

/** C[m, n] = A·B, rows of C `ldc` apart. */
struct Product {
  size_t m, n, k;
  Operand a, b;
  float* c;
  size_t ldc;
  Finish finish;
};

typedef void (*Tile)(size_t, const float*, size_t, const float*, size_t, float*, size_t, int, const Finish&);

/** The innermost loops for each number of rows that a tile may have, by vectors of columns. */
template <bool IN_PLACE, int... I>
static inline const Tile* tiles_of(int vectors, Indices<I...>) {
  static const Tile one[] = {tile<I + 1, 1, IN_PLACE>...};
  static const Tile two[] = {tile<I + 1, 2, IN_PLACE>...};
  static const Tile three[] = {tile<I + 1, TILE_VECTORS, IN_PLACE>...};
  return vectors == 1 ? one : vectors == 2 ? two : three;
}

/** Float32 operands; C converts while packing. Other arithmetic has the same members (bf16.h, amx.h). */
template <typename C>
struct Float32 {
  static constexpr size_t ROWS = TILE_ROWS, COLUMNS = TILE_COLUMNS, DEPTH = 384;
  /** Whether rows of A that are contiguous can be read where they are. */
  static constexpr bool IN_PLACE = C::NOTHING;
  /** Floats of a packed panel. W to spare, see `pack`. */
  static size_t a_panel(size_t depth) { return (ROWS * depth + W + 15) / 16 * 16; }
  static size_t b_panel(size_t depth) { return COLUMNS * depth; }
  static void pack_a(float* to, const Operand& a, int rows, size_t depth) { pack<C>(to, rows, a, rows, depth); }
  static void pack_b(float* to, const Operand& b, int columns, size_t depth) { pack<C>(to, COLUMNS, b, columns, depth); }
  static void begin() {}
  static void end() {}
  /** `a_step` is 0 for a packed panel, else from row to row of the matrix itself. */
  static void run(size_t depth, const float* a, size_t a_step, int rows, const float* b, int columns, float* c,
                  size_t ldc, const Finish& f) {
    typedef typename MakeIndices<TILE_ROWS>::type Rows;
    int vectors = (columns + W - 1) / W;
    const Tile* tiles = a_step ? tiles_of<true>(vectors, Rows()) : tiles_of<false>(vectors, Rows());
    tiles[rows - 1](depth, a, a_step ? a_step : rows, b, COLUMNS, c, ldc, columns - (vectors - 1) * W, f);
  }
};

LLM_INLINE size_t ceil_div(size_t a, size_t b) { return (a + b - 1) / b; }
LLM_INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

/** How a product is cut. Depends on its size only, but for the memory that is packed at a time. */
struct Plan {
  size_t depth;            // of a block of K
  size_t m, n, blocks;     // rows, columns and blocks of K that are packed at a time
  size_t a_floats, b_floats;
};

template <typename S>
static Plan plan_of(size_t m, size_t n, size_t k) {
  const size_t budget = 1 << 20;  // floats of either operand: the third cache keeps both
  Plan p;
  size_t count = ceil_div(k, S::DEPTH);
  p.depth = ceil_div(ceil_div(k, count), 32) * 32;
  count = ceil_div(k, p.depth);
  size_t a_panels = ceil_div(m, S::ROWS), b_panels = ceil_div(n, S::COLUMNS);
  size_t a_most = ceil_div(budget, S::a_panel(p.depth)), b_most = ceil_div(budget, S::b_panel(p.depth));
  // Balanced, so that no small rest remains.
  a_panels = ceil_div(a_panels, ceil_div(a_panels, a_most));
  b_panels = ceil_div(b_panels, ceil_div(b_panels, b_most));
  p.m = a_panels * S::ROWS;
  p.n = b_panels * S::COLUMNS;
  size_t a = a_panels * S::a_panel(p.depth), b = b_panels * S::b_panel(p.depth);
  p.blocks = least(count, 1 + budget / (a > b ? a : b));
  p.a_floats = a * p.blocks;
  p.b_floats = b * p.blocks;
  return p;
}

/** Packed panels of one block of rows or columns, for some blocks of K. Strips differ by one lane at most. */
struct Panels {
  float* at;
  size_t begin, lanes, count, size;
  size_t first(size_t i) const { return begin + lanes * i / count; }
  int width(size_t i) const { return (int)(first(i + 1) - first(i)); }
  float* panel(size_t block, size_t i) const { return at + (block * count + i) * size; }
};

/** Panels of B are full but for the last one: a width of whole vectors wastes no lanes. */
struct FullPanels : Panels {
  size_t full;
  size_t first(size_t i) const { return begin + least(full * i, lanes); }
  int width(size_t i) const { return (int)(first(i + 1) - first(i)); }
};

LLM_INLINE Operand part(const Operand& x, size_t lane, size_t k) {
  return {x.at + lane * x.lane_step + k * x.k_step, x.lane_step, x.k_step};
}

/** parallel(), or the chunks one after the other where the caller is a chunk itself. */
template <typename F>
static inline void chunks_of(int count, bool threads, F f) {
  if (threads) parallel(count, f);
  else
    for (int i = 0; i < count; i++) f(i, 0);
}

template <typename S>
struct Gemm {
  const Product& p;
  Plan plan;
  bool threads;

  void run(float* a_at, float* b_at) const {
    for (size_t n = 0; n < p.n; n += plan.n)
      for (size_t k = 0; k < p.k; k += plan.blocks * plan.depth)
        for (size_t m = 0; m < p.m; m += plan.m) {
          size_t rows = least(plan.m, p.m - m), columns = least(plan.n, p.n - n);
          Panels a = {a_at, m, rows, ceil_div(rows, S::ROWS), S::a_panel(plan.depth)};
          FullPanels b = {{b_at, n, columns, ceil_div(columns, S::COLUMNS), S::b_panel(plan.depth)}, S::COLUMNS};
          size_t blocks = least(plan.blocks, ceil_div(p.k - k, plan.depth));
          pack_panels(a, b, k, blocks, m == 0);
          multiply(a, b, k, blocks);
        }
  }

  bool in_place() const { return S::IN_PLACE && p.a.k_step == 1 && p.a.lane_step != 1; }

  size_t depth_at(size_t k) const { return least(plan.depth, p.k - k); }

  void pack_panels(const Panels& a, const FullPanels& b, size_t k, size_t blocks, bool new_b) const {
    const size_t left = in_place() ? 0 : a.count;
    size_t panels = left + (new_b ? b.count : 0), work = panels * blocks;
    size_t per_chunk = ceil_div(8192, S::b_panel(plan.depth));
    size_t chunks = ceil_div(work, per_chunk);
    chunks_of((int)chunks, threads, [&](int chunk, int) {
      for (size_t i = work * chunk / chunks; i < work * (chunk + 1) / chunks; i++) {
        size_t block = i / panels, j = i % panels, at = k + block * plan.depth;
        if (j < left) S::pack_a(a.panel(block, j), part(p.a, a.first(j), at), a.width(j), depth_at(at));
        else {
          j -= left;
          S::pack_b(b.panel(block, j), part(p.b, b.first(j), at), b.width(j), depth_at(at));
        }
      }
    });
  }

  void multiply(const Panels& a, const FullPanels& b, size_t k, size_t blocks) const {
    // Groups of A that fill half of a small second cache; as many groups of B as keep the threads evenly busy.
    size_t a_groups = ceil_div(a.count * a.size, 16384);
    double operations = 2.0 * a.lanes * b.lanes * blocks * plan.depth;
    size_t wanted = least((size_t)(operations / 2e6) + 1, threads ? 8 * (size_t)llm_thread_count() : 1);
    size_t b_groups = least(ceil_div(wanted, a_groups), b.count);
    if (b_groups * a_groups < wanted) a_groups = least(ceil_div(wanted, b_groups), a.count);
    chunks_of((int)(a_groups * b_groups), threads, [&](int chunk, int) {
      size_t i = chunk / b_groups, j = chunk % b_groups;
      S::begin();
      for (size_t block = 0; block < blocks; block++)
        for (size_t r = b.count * j / b_groups; r < b.count * (j + 1) / b_groups; r++)
          for (size_t l = a.count * i / a_groups; l < a.count * (i + 1) / a_groups; l++)
            tile_of(a, b, l, r, block, k + block * plan.depth);
      S::end();
    });
  }

  void tile_of(const Panels& a, const FullPanels& b, size_t l, size_t r, size_t block, size_t k) const {
    size_t depth = depth_at(k), row = a.first(l), column = b.first(r);
    Finish f = p.finish;
    f.add = f.add || k > 0;
    if (k + depth < p.k) f.bias = f.residual = nullptr, f.activation = 0;
    if (f.bias) f.bias += column;
    if (f.residual) f.residual += row * p.ldc + column;
    const bool here = in_place();
    const float* rows = here ? p.a.at + row * p.a.lane_step + k : a.panel(block, l);
    S::run(depth, rows, here ? p.a.lane_step : 0, a.width(l), b.panel(block, r), b.width(r), p.c + row * p.ldc + column, p.ldc, f);
  }
};

/** C where there is nothing to sum: K = 0. */
static void finish_nothing(const Product& p) {
  for (size_t i = 0; i < p.m; i++)
    each_vector(p.n, [&](size_t j, int lanes) { finish(vf{}, p.c, p.finish, i * p.ldc + j, j, lanes); });
}

/** Floats of scratch that `gemm` needs. */
template <typename S>
static size_t gemm_scratch(size_t m, size_t n, size_t k) {
  if (m * n * k == 0) return 0;
  Plan plan = plan_of<S>(m, n, k);
  return plan.a_floats + plan.b_floats;
}

/** The product; `threads` false where the caller is a chunk of a parallel loop itself. */
template <typename S>
static void gemm(const Product& p, float* scratch, bool threads) {
  if (p.m == 0 || p.n == 0) return;
  if (p.k == 0) return finish_nothing(p);
  Plan plan = plan_of<S>(p.m, p.n, p.k);
  Gemm<S>{p, plan, threads}.run(scratch, scratch + plan.a_floats);
}

}  // namespace LLM_ISA

#endif
