// Products of bfloat16 on the tile unit of Intel's processors (AMX).
//
// A tile register holds 16 rows of 64 bytes. One instruction adds the product of a tile of A (16 rows × 32 steps of K)
// and one of B (16 pairs of steps × 16 columns) to a tile of C (16×16 float32): 16384 float operations in 16 cycles. Two
// tiles of A and two of B make four products, so that loads keep pace. The kernel of the operating system must allow a
// process the registers, which are 8 kB for each thread. Source: Intel Architecture Instruction Set Extensions
// Programming Reference, chapter 3; Documentation/arch/x86/xstate.rst of Linux.

#ifndef LLM_AMX_H
#define LLM_AMX_H

#include "bf16.h"
#include "cpu.h"

namespace LLM_ISA {

#if defined(__AVX512F__) && defined(__linux__)
#define LLM_HAS_AMX 1
#define LLM_AMX __attribute__((target("amx-tile,amx-bf16,avx512bf16,avx512bw")))

struct alignas(64) TileShapes {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

/** C tiles 0 … 3 += A tiles 4, 5 · B tiles 6, 7, or only the first of either. */
template <bool LOWER, bool RIGHT>
LLM_AMX static __attribute__((noinline)) void multiply_tiles(size_t depth, const float* a, const float* b) {
  for (size_t k = 0; k < depth; k += 32, a += 512, b += 512) {
    _tile_loadd(6, b, 128);
    _tile_loadd(4, a, 64);
    _tile_dpbf16ps(0, 4, 6);
    if (RIGHT) {
      _tile_loadd(7, b + 16, 128);
      _tile_dpbf16ps(1, 4, 7);
    }
    if (LOWER) {
      _tile_loadd(5, a + 256, 64);
      _tile_dpbf16ps(2, 5, 6);
    }
    if (LOWER && RIGHT) _tile_dpbf16ps(3, 5, 7);
  }
}

/** Arithmetic for `gemm`. A panel of A is, for every 32 steps of K, 32 rows of 16 pairs; of B, 16 rows of 32 pairs. */
struct AmxProducts {
  static constexpr size_t ROWS = 32, COLUMNS = 32, DEPTH = 512;
  static constexpr bool IN_PLACE = false;
  static size_t a_panel(size_t depth) { return ROWS * depth / 2; }
  static size_t b_panel(size_t depth) { return COLUMNS * depth / 2; }

  LLM_PAIRS static void pack_a(float* to, const Operand& a, int rows, size_t depth) {
    for (size_t k = 0; k < depth; k += 32)
      for (int first = 0; first < rows; first += 16) {
        int here = rows - first < 16 ? rows - first : 16;
        Operand at = {a.at + first * a.lane_step + k * a.k_step, a.lane_step, a.k_step};
        vf v[16];
        pair_block(v, at, here, depth - k < 32 ? (int)(depth - k) : 32, false);
        for (int i = 0; i < 16; i++) store(to + (k / 32) * 512 + (first + i) * 16, v[i]);
      }
  }
  static void pack_b(float* to, const Operand& b, int columns, size_t depth) {
    pack_pairs(to, COLUMNS, b, columns, depth);
  }

  LLM_AMX static void begin() {
    const TileShapes shapes;
    asm volatile("" ::: "memory");
    _tile_loadconfig(&shapes);
  }
  LLM_AMX static void end() { _tile_release(); }

  LLM_AMX static void run(size_t depth, const float* a, size_t, int rows, const float* b, int columns, float* c, size_t ldc,
                          const Finish& f) {
    bool whole = rows == 32 && columns == 32 && f.plain();
    size_t bytes = 4 * ldc;
    if (whole && f.add) {
      _tile_loadd(0, c, bytes);
      _tile_loadd(1, c + 16, bytes);
      _tile_loadd(2, c + 16 * ldc, bytes);
      _tile_loadd(3, c + 16 * ldc + 16, bytes);
    } else {
      _tile_zero(0);
      _tile_zero(1);
      _tile_zero(2);
      _tile_zero(3);
    }
    if (rows > 16 && columns > 16) multiply_tiles<true, true>(depth, a, b);
    else if (rows > 16) multiply_tiles<true, false>(depth, a, b);
    else if (columns > 16) multiply_tiles<false, true>(depth, a, b);
    else multiply_tiles<false, false>(depth, a, b);
    alignas(64) float sums[32 * 32];
    float* to = whole ? c : sums;
    size_t step = whole ? ldc : 32;
    _tile_stored(0, to, 4 * step);
    _tile_stored(1, to + 16, 4 * step);
    _tile_stored(2, to + 16 * step, 4 * step);
    _tile_stored(3, to + 16 * step + 16, 4 * step);
    if (whole) return;
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < columns; j += W)
        finish(load(sums + i * 32 + j), c, f, i * ldc + j, j, columns - j < W ? columns - j : W);
  }
};
#endif

}  // namespace LLM_ISA

#endif
