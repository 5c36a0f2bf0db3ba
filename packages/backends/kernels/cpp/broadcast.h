// Elementwise functions of two tensors with NumPy's broadcasting.
//
//   y[i, j, k, l] = f(a[i·a₀ + j·a₁ + k·a₂ + l·a₃], b[i·b₀ + …])
//
// The caller has merged neighboring dimensions that advance together, so four are enough for what models do, and the
// last one is a run: each side either advances with it or stands still (step 1 or 0).

#ifndef LLM_BROADCAST_H
#define LLM_BROADCAST_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

/** Sizes, and each side's steps in elements. */
struct Broadcast {
  size_t size[4];
  size_t a[4];
  size_t b[4];
};

/** Calls run(a offset, b offset, y offset, length) for each run, shared out among the threads. */
template <typename F>
static void each_run(const Broadcast& s, F run) {
  const size_t length = s.size[3], runs = s.size[0] * s.size[1] * s.size[2];
  if (length == 0) return;
  // One long run is cut, so that threads can share it.
  const size_t piece = runs == 1 ? 4096 : length, pieces = (length + piece - 1) / piece;
  parallel_ranges(runs * pieces, (double)piece, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) {
      size_t r = i / pieces, from = i % pieces * piece;
      size_t k = r % s.size[2], j = r / s.size[2] % s.size[1], h = r / s.size[2] / s.size[1];
      size_t n = length - from < piece ? length - from : piece;
      run(h * s.a[0] + j * s.a[1] + k * s.a[2] + from * s.a[3], h * s.b[0] + j * s.b[1] + k * s.b[2] + from * s.b[3],
          r * length + from, n);
    }
  });
}

template <typename F>
LLM_INLINE void binary_run(const float* a, size_t a_step, const float* b, size_t b_step, float* y, size_t n, F f) {
  if (a_step && b_step) {
    each_vector(n, [&](size_t i, int l) { store_lanes(y + i, l, f(load_lanes(a + i, l), load_lanes(b + i, l, 1))); });
  } else if (a_step) {
    vf right = splat(*b);
    each_vector(n, [&](size_t i, int l) { store_lanes(y + i, l, f(load_lanes(a + i, l), right)); });
  } else if (b_step) {
    vf left = splat(*a);
    each_vector(n, [&](size_t i, int l) { store_lanes(y + i, l, f(left, load_lanes(b + i, l, 1))); });
  } else {
    vf both = f(splat(*a), splat(*b));
    each_vector(n, [&](size_t i, int l) { store_lanes(y + i, l, both); });
  }
}

template <typename F>
static void binary(const float* a, const float* b, float* y, const Broadcast& s, F f) {
  each_run(s, [&](size_t at_a, size_t at_b, size_t at_y, size_t n) {
    binary_run(a + at_a, s.a[3], b + at_b, s.b[3], y + at_y, n, f);
  });
}

// One kernel a function: the four sizes, then a's steps, then b's.
#define LLM_BINARY(name, expression)                                                                                 \
  static void name(const float* a, const float* b, float* y, size_t n0, size_t n1, size_t n2, size_t n3, size_t a0,  \
                   size_t a1, size_t a2, size_t a3, size_t b0, size_t b1, size_t b2, size_t b3) {                    \
    binary(a, b, y, {{n0, n1, n2, n3}, {a0, a1, a2, a3}, {b0, b1, b2, b3}}, [](vf p, vf q) { return expression; }); \
  }

/** Keeps a NaN of either side, as Math.max does. */
LLM_INLINE vf keep_nan(vf p, vf q, vf result) { return select((vi)(p != p), p, select((vi)(q != q), q, result)); }

LLM_BINARY(add, p + q)
LLM_BINARY(subtract, p - q)
LLM_BINARY(multiply_elements, p* q)
LLM_BINARY(divide, p / q)
LLM_BINARY(squared_difference, (p - q) * (p - q))
LLM_BINARY(maximum, keep_nan(p, q, max(p, q)))
LLM_BINARY(minimum, keep_nan(p, q, min(p, q)))

template <typename T, typename F>
static void compare(const T* a, const T* b, uint8_t* y, const Broadcast& s, F f) {
  each_run(s, [&](size_t at_a, size_t at_b, size_t at_y, size_t n) {
    const T *p = a + at_a, *q = b + at_b;
    for (size_t i = 0; i < n; i++) y[at_y + i] = f(p[i * s.a[3]], q[i * s.b[3]]);
  });
}

/** operation: 0 equal, 1 not equal, 2 less, 3 less or equal, 4 greater, 5 greater or equal; `integer` tells the type. */
static void compare_elements(const float* a, const float* b, uint8_t* y, int operation, int integer, size_t n0, size_t n1,
                             size_t n2, size_t n3, size_t a0, size_t a1, size_t a2, size_t a3, size_t b0, size_t b1,
                             size_t b2, size_t b3) {
  const Broadcast s = {{n0, n1, n2, n3}, {a0, a1, a2, a3}, {b0, b1, b2, b3}};
  auto run = [&](auto f) {
    if (integer) compare((const int32_t*)a, (const int32_t*)b, y, s, f);
    else compare(a, b, y, s, f);
  };
  if (operation == 0) run([](auto p, auto q) { return p == q; });
  else if (operation == 1) run([](auto p, auto q) { return p != q; });
  else if (operation == 2) run([](auto p, auto q) { return p < q; });
  else if (operation == 3) run([](auto p, auto q) { return p <= q; });
  else if (operation == 4) run([](auto p, auto q) { return p > q; });
  else run([](auto p, auto q) { return p >= q; });
}

/** y = condition ? a : b, n elements of 4 bytes each. */
static void select_elements(const uint8_t* condition, const int32_t* a, const int32_t* b, int32_t* y, size_t n) {
  parallel_ranges(n, 1, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) y[i] = condition[i] ? a[i] : b[i];
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_BROADCAST                                                                                       \
  LLM_KERNEL(add), LLM_KERNEL(subtract), LLM_KERNEL(multiply_elements), LLM_KERNEL(divide),                        \
      LLM_KERNEL(squared_difference), LLM_KERNEL(maximum), LLM_KERNEL(minimum), LLM_KERNEL(compare_elements),      \
      LLM_KERNEL(select_elements),

#endif
