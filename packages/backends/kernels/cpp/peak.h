// What the processor can do at best: the yardsticks that kernels are measured against.

#ifndef LLM_PEAK_H
#define LLM_PEAK_H

#include "kernel.h"
#include "vec.h"

namespace LLM_ISA {

#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int CHAINS = 12;  // pairs of sums that do not wait for each other, as registers allow
#else
constexpr int CHAINS = 6;
#endif

/**
 * Multiply-adds on registers, on each thread. Writes two numbers: the float operations
 * of one thread, and a value that keeps the work from being left out.
 */
static void peak_fma(double* result, size_t rounds) {
  int threads = llm_thread_count();
  double* kept = (double*)llm_scratch(0, 8 * 8 * threads);
  parallel(threads, [&](int chunk, int) {
    vf sums[CHAINS][2];
    for (int i = 0; i < CHAINS; i++) sums[i][0] = splat((float)i), sums[i][1] = splat((float)-i);
    vf factor = splat((float)(1 + (rounds & 1) * 1e-7)), term = splat(1e-7f * (float)chunk);
    for (size_t r = 0; r < rounds; r++)
      for (int i = 0; i < CHAINS; i++)
        for (int j = 0; j < 2; j++) sums[i][j] = fma(sums[i][j], factor, term);
    vf total = {};
    for (int i = 0; i < CHAINS; i++) total = total + sums[i][0] + sums[i][1];
    kept[8 * chunk] = sum(total);
  });
  result[0] = 2.0 * rounds * CHAINS * 2 * W;
  result[1] = kept[0];
}

/** Reads n floats, divided among the threads; n of many times the caches gives the memory's rate. */
static void bandwidth(double* result, const float* x, size_t n) {
  int chunks = 4 * llm_thread_count();
  double* kept = (double*)llm_scratch(0, 8 * 8 * chunks);
  parallel(chunks, [&](int chunk, int) {
    vf sums[8] = {};
    size_t begin = n * chunk / chunks, end = n * (chunk + 1) / chunks;
    for (size_t i = begin; i + 8 * W <= end; i += 8 * W)
      for (int j = 0; j < 8; j++) sums[j] = sums[j] + load(x + i + j * W);
    vf total = {};
    for (int j = 0; j < 8; j++) total = total + sums[j];
    kept[8 * chunk] = sum(total);
  });
  result[0] = 0;
  for (int i = 0; i < chunks; i++) result[0] += kept[8 * i];
}

}  // namespace LLM_ISA

#define LLM_TABLE_PEAK LLM_KERNEL(peak_fma), LLM_KERNEL(bandwidth),

#endif
