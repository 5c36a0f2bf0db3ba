// Elementwise functions of one tensor.

#ifndef LLM_UNARY_H
#define LLM_UNARY_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

/** `cost` in float operations: a function of many is worth sharing out sooner. */
template <typename F>
static void unary(const float* x, float* y, size_t n, double cost, F f) {
  parallel_ranges(n, cost, [&](size_t begin, size_t end, int) {
    each_vector(end - begin, [&](size_t i, int lanes) {
      store_lanes(y + begin + i, lanes, f(load_lanes(x + begin + i, lanes, 1)));
    });
  });
}

#define LLM_UNARY(name, cost, expression) \
  static void name(const float* x, float* y, size_t n) { unary(x, y, n, cost, [](vf v) { return expression; }); }

LLM_UNARY(negate_elements, 1, -v)
LLM_UNARY(absolute_elements, 1, abs(v))
LLM_UNARY(square_elements, 1, v* v)
LLM_UNARY(sqrt_elements, 4, sqrt(v))
LLM_UNARY(rsqrt_elements, 4, 1.0f / sqrt(v))
LLM_UNARY(reciprocal_elements, 4, 1.0f / v)
LLM_UNARY(exp_elements, 16, exp(v))
LLM_UNARY(log_elements, 16, log(v))
LLM_UNARY(tanh_elements, 24, tanh(v))
LLM_UNARY(sigmoid_elements, 20, sigmoid(v))
LLM_UNARY(relu_elements, 1, select((vi)(v <= splat(0)), splat(0), v))

/** low where x is below it, high where x is above; NaN stays. */
static void clip_elements(const float* x, float* y, size_t n, float low, float high) {
  unary(x, y, n, 2, [=](vf v) {
    vf raised = select((vi)(v < splat(low)), splat(low), v);
    return select((vi)(raised > splat(high)), splat(high), raised);
  });
}

static void fill_elements(float* y, size_t n, float value) {
  parallel_ranges(n, 0.5, [&](size_t begin, size_t end, int) {
    each_vector(end - begin, [&](size_t i, int lanes) { store_lanes(y + begin + i, lanes, splat(value)); });
  });
}

/** float32 → int32, towards zero, as a typed array of JavaScript converts numbers in its range. */
static void float_to_int(const float* x, int32_t* y, size_t n) {
  parallel_ranges(n, 1, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) y[i] = x[i] >= -2147483648.0f && x[i] < 2147483648.0f ? (int32_t)x[i] : 0;
  });
}

static void int_to_float(const int32_t* x, float* y, size_t n) {
  parallel_ranges(n, 1, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) y[i] = (float)x[i];
  });
}

static void bool_to_float(const uint8_t* x, float* y, size_t n) {
  parallel_ranges(n, 1, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) y[i] = x[i] ? 1.0f : 0.0f;
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_UNARY                                                                                             \
  LLM_KERNEL(negate_elements), LLM_KERNEL(absolute_elements), LLM_KERNEL(square_elements), LLM_KERNEL(sqrt_elements), \
      LLM_KERNEL(rsqrt_elements), LLM_KERNEL(reciprocal_elements), LLM_KERNEL(exp_elements), LLM_KERNEL(log_elements), \
      LLM_KERNEL(tanh_elements), LLM_KERNEL(sigmoid_elements), LLM_KERNEL(relu_elements), LLM_KERNEL(clip_elements),  \
      LLM_KERNEL(fill_elements), LLM_KERNEL(float_to_int), LLM_KERNEL(int_to_float), LLM_KERNEL(bool_to_float),

#endif
