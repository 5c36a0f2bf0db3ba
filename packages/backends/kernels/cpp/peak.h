// The machine's limits, measured by loops that do nothing else, so that every kernel's rate has something to stand beside.

#ifndef LLM_PEAK_H
#define LLM_PEAK_H

#include "kernel.h"
#include "vec.h"

namespace LLM_ISA {

/** Independent multiply-adds on every thread, `rounds` times; flops[0] receives how many float operations that were. */
static void peak_fma(float* flops, size_t rounds) {
  constexpr int CHAINS = W == 16 ? 20 : 12;  // enough to hide the latency, few enough for the registers
  const int threads = llm_thread_count();
  float* results = (float*)llm_scratch(0, threads * sizeof(float));
  parallel(threads, [&](int chunk, int) {
    vf chain[CHAINS];
    for (int i = 0; i < CHAINS; i++) chain[i] = splat((float)(i + chunk));
    vf factor = splat(0.999f), term = splat(0.001f);
    for (size_t round = 0; round < rounds; round++) {
#pragma GCC unroll 20
      for (int i = 0; i < CHAINS; i++) chain[i] = fma(chain[i], factor, term);
    }
    vf total = chain[0];
    for (int i = 1; i < CHAINS; i++) total = total + chain[i];
    results[chunk] = sum(total);  // so that nothing above is dead
  });
  flops[1] = results[0];
  flops[0] = 2.0f * W * CHAINS * (float)rounds * threads;
}

/** to = from, on all threads. */
static void copy_floats(const float* from, float* to, size_t n) {
  parallel_ranges(n, 1, [&](size_t begin, size_t end, int) {
    each_vector(end - begin, [&](size_t i, int lanes) { store_lanes(to + begin + i, lanes, load_lanes(from + begin + i, lanes)); });
  });
}

/** Reads everything: out[0] = Σ x. */
static void read_floats(const float* x, float* out, size_t n) {
  const int chunks = 64;
  float* sums = (float*)llm_scratch(0, chunks * sizeof(float));
  parallel(chunks, [&](int chunk, int) {
    size_t begin = n * chunk / chunks, end = n * (chunk + 1) / chunks;
    vf s[8];
    for (int i = 0; i < 8; i++) s[i] = splat(0);
    size_t i = begin;
    for (; i + 8 * W <= end; i += 8 * W) {
#pragma GCC unroll 8
      for (int j = 0; j < 8; j++) s[j] = s[j] + load(x + i + j * W);
    }
    vf total = s[0];
    for (int j = 1; j < 8; j++) total = total + s[j];
    sums[chunk] = sum(total);
  });
  out[0] = 0;
  for (int i = 0; i < chunks; i++) out[0] += sums[i];
}

}  // namespace LLM_ISA

#define LLM_TABLE_PEAK LLM_KERNEL(peak_fma), LLM_KERNEL(copy_floats), LLM_KERNEL(read_floats),

#endif
