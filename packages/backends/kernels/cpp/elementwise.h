// One result per element.

#ifndef LLM_ELEMENTWISE_H
#define LLM_ELEMENTWISE_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

/** y = a + b, n elements each. */
static void add(const float* a, const float* b, float* y, size_t n) {
  parallel_ranges(n, 1, [&](size_t begin, size_t end, int) {
    each_vector(end - begin, [&](size_t i, int lanes) {
      store_lanes(y + begin + i, lanes, load_lanes(a + begin + i, lanes) + load_lanes(b + begin + i, lanes));
    });
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_ELEMENTWISE LLM_KERNEL(add),

#endif
