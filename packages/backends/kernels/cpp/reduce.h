// Sums, means and extremes along one axis: x [outer, n, inner] → y [outer, inner].
//
// With inner = 1 an output is a row's reduction; else it is a column's, and a strip of columns stays in registers while
// the rows go by. A sum of everything is cut into chunks of fixed size first. Every output is the same chain of additions
// for any number of threads.

#ifndef LLM_REDUCE_H
#define LLM_REDUCE_H

#include "kernel.h"
#include "vec.h"

namespace LLM_ISA {

template <typename F>
LLM_INLINE float reduce_run(const float* x, size_t n, float from, F f) {
  vf s[4] = {splat(from), splat(from), splat(from), splat(from)};
  size_t i = 0;
  for (; i + 4 * W <= n; i += 4 * W) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) s[j] = f(s[j], load(x + i + j * W));
  }
  for (; i + W <= n; i += W) s[0] = f(s[0], load(x + i));
  if (i < n) s[1] = f(s[1], load_part(x + i, (int)(n - i), from));
  vf all = f(f(s[0], s[1]), f(s[2], s[3]));
  float result = all[0];
  for (int lane = 1; lane < W; lane++) {
    vf next = splat(all[lane]);
    result = f(splat(result), next)[0];
  }
  return result;
}

template <typename F>
static void reduce(const float* x, float* y, size_t outer, size_t n, size_t inner, float from, F f) {
  if (inner == 1 && outer < 8 && n >= 65536) {  // a few long rows: chunks of one, each a thread's
    const size_t chunk = 16384, chunks = (n + chunk - 1) / chunk;
    float* parts = (float*)llm_scratch(0, chunks * sizeof(float));
    for (size_t o = 0; o < outer; o++) {
      parallel_ranges(chunks, (double)chunk, [&](size_t begin, size_t end, int) {
        for (size_t c = begin; c < end; c++) {
          size_t length = n - c * chunk < chunk ? n - c * chunk : chunk;
          parts[c] = reduce_run(x + o * n + c * chunk, length, from, f);
        }
      });
      y[o] = reduce_run(parts, chunks, from, f);
    }
    return;
  }
  if (inner == 1) {
    parallel_ranges(outer, (double)n, [&](size_t begin, size_t end, int) {
      for (size_t o = begin; o < end; o++) y[o] = reduce_run(x + o * n, n, from, f);
    });
    return;
  }
  const size_t strip = 8 * W, strips = (inner + strip - 1) / strip;
  parallel_ranges(outer * strips, (double)n * strip, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) {
      size_t o = i / strips, column = i % strips * strip;
      size_t width = inner - column < strip ? inner - column : strip;
      each_vector(width, [&](size_t v, int lanes) {
        vf s[4] = {splat(from), splat(from), splat(from), splat(from)};
        const float* at = x + o * n * inner + column + v;
        for (size_t row = 0; row < n; row++) s[row % 4] = f(s[row % 4], load_lanes(at + row * inner, lanes));
        store_lanes(y + o * inner + column + v, lanes, f(f(s[0], s[1]), f(s[2], s[3])));
      });
    }
  });
}

static void reduce_sum(const float* x, float* y, size_t outer, size_t n, size_t inner) {
  reduce(x, y, outer, n, inner, 0, [](vf a, vf b) { return a + b; });
}

static void reduce_mean(const float* x, float* y, size_t outer, size_t n, size_t inner) {
  reduce_sum(x, y, outer, n, inner);
  for (size_t i = 0; i < outer * inner; i++) y[i] /= (float)n;
}

static void reduce_max(const float* x, float* y, size_t outer, size_t n, size_t inner) {
  reduce(x, y, outer, n, inner, -__builtin_inff(),
         [](vf a, vf b) { return select((vi)(a != a), a, select((vi)(b > a) | (vi)(b != b), b, a)); });
}

static void reduce_min(const float* x, float* y, size_t outer, size_t n, size_t inner) {
  reduce(x, y, outer, n, inner, __builtin_inff(),
         [](vf a, vf b) { return select((vi)(a != a), a, select((vi)(b < a) | (vi)(b != b), b, a)); });
}

}  // namespace LLM_ISA

#define LLM_TABLE_REDUCE LLM_KERNEL(reduce_sum), LLM_KERNEL(reduce_mean), LLM_KERNEL(reduce_max), LLM_KERNEL(reduce_min),

#endif
