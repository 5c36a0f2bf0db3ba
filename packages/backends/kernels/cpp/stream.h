// Writing results that are too large for the caches past them.
//
// An ordinary store to a line that is not in the cache first reads it. Where a result is written once and far larger
// than the caches, streaming stores save that read: a third of a kernel's traffic that reads and writes as much.

#ifndef LLM_STREAM_H
#define LLM_STREAM_H

#include "vec.h"

namespace LLM_ISA {

/** Whether a result of so many floats is worth streaming: beyond the second-level caches of all cores. */
static inline bool worth_streaming(size_t floats) { return floats >= ((size_t)4 << 20); }

/** out[i] = f(index, lanes) along a row; f may be called for a part of a vector at both ends. */
template <typename F>
LLM_INLINE void write_row(float* out, size_t n, bool streaming, F f) {
  size_t i = 0;
#if defined(__AVX2__)
  if (streaming) {
    size_t head = (0 - (uintptr_t)out / sizeof(float)) % W;
    if (head > n) head = n;
    if (head > 0) store_part(out, (int)head, f(0, (int)head));
    for (i = head; i + W <= n; i += W) {
#if defined(__AVX512F__)
      _mm512_stream_ps(out + i, (__m512)f(i, W));
#else
      _mm256_stream_ps(out + i, (__m256)f(i, W));
#endif
    }
    // Streaming stores overtake others: whoever is told that this work is done must see them.
    _mm_sfence();
  }
#else
  (void)streaming;
#endif
  each_vector(n - i, [&](size_t k, int lanes) { store_lanes(out + i + k, lanes, f(i + k, lanes)); });
}

}  // namespace LLM_ISA

#endif
