// Activations and gated linear units, forward and backward: y = act(x), and y = act(gate) ⊙ up.
//
//   gelu       x·Φ(x)                                slope  Φ(x) + x·φ(x),  φ(x) = e^{−x²/2}/√(2π)
//   gelu_tanh  x·σ(2u),  u = √(2/π)(x + 0.044715x³)   slope  σ(2u) + 2x·u′·σ(2u)(1 − σ(2u))
//   swish      x·σ(βx); with β = 1 SiLU              slope  σ(βx) + βx·σ(βx)(1 − σ(βx))
//   relu, squared relu                               slope  [x > 0],  2·max(x, 0)
//
// An activation is a type with one function for value and slope: the compiler leaves out the half that is not used.
// Nothing but the input is kept for the way back, whose cost is the memory's, not the arithmetic's.

#ifndef LLM_ACTIVATION_H
#define LLM_ACTIVATION_H

#include "kernel.h"
#include "row.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

struct Activated {
  vf value, slope;
};

struct GeluExact {
  LLM_INLINE Activated at(vf x, float) {
    vf below = normal_cdf(x);
    vf density = exp(x * x * -0.5f) * 0.398942280401432678f;
    return {x * below, fma(x, density, below)};
  }
};

struct GeluTanh {
  LLM_INLINE Activated at(vf x, float) {
    const float a = 1.595769121605730711f, b = a * 0.044715f;  // 2√(2/π)
    vf s = sigmoid(x * fma(x * x, splat(b), splat(a)));
    // Far out the slope is 0 or 1; the bounds keep x² from overflowing there. NaN passes.
    vf near = min(splat(16), max(splat(-16), x));
    vf inner = near * fma(near * near, splat(3 * b), splat(a));
    return {x * s, fma(inner, s * (1.0f - s), s)};
  }
};

struct Swish {
  LLM_INLINE Activated at(vf x, float beta) {
    vf s = sigmoid(x * beta);
    return {x * s, fma(x * beta, s * (1.0f - s), s)};
  }
};

struct Relu {
  LLM_INLINE Activated at(vf x, float) {
    return {max(splat(0), x), select((vi)(x > splat(0)), splat(1), splat(0))};
  }
};

struct SquaredRelu {
  LLM_INLINE Activated at(vf x, float) {
    vf positive = max(splat(0), x);
    return {positive * positive, positive + positive};
  }
};

/** Calls f with the activation of that number; bindings/activation.ts has the same list. */
template <typename F>
static inline void with_activation(int kind, F f) {
  if (kind == 0) f(GeluExact());
  if (kind == 1) f(GeluTanh());
  if (kind == 2) f(Swish());
  if (kind == 3) f(Relu());
  if (kind == 4) f(SquaredRelu());
}

static void activation(int kind, const float* x, float* y, size_t n, float beta) {
  with_activation(kind, [&](auto act) {
    parallel_elements(n, 4, [&](size_t begin, size_t end) {
      each_vector(end - begin, [&](size_t i, int lanes) {
        i += begin;
        store_lanes(y + i, lanes, act.at(load_lanes(x + i, lanes), beta).value);
      });
    });
  });
}

static void activation_grad(int kind, const float* dy, const float* x, float* dx, size_t n, float beta) {
  with_activation(kind, [&](auto act) {
    parallel_elements(n, 6, [&](size_t begin, size_t end) {
      each_vector(end - begin, [&](size_t i, int lanes) {
        i += begin;
        store_lanes(dx + i, lanes, load_lanes(dy + i, lanes) * act.at(load_lanes(x + i, lanes), beta).slope);
      });
    });
  });
}

static void glu(int kind, const float* gate, const float* up, float* y, size_t n) {
  with_activation(kind, [&](auto act) {
    parallel_elements(n, 5, [&](size_t begin, size_t end) {
      each_vector(end - begin, [&](size_t i, int lanes) {
        i += begin;
        store_lanes(y + i, lanes, act.at(load_lanes(gate + i, lanes), 1).value * load_lanes(up + i, lanes));
      });
    });
  });
}

static void glu_grad(int kind, const float* dy, const float* gate, const float* up, float* dgate, float* dup,
                     size_t n) {
  with_activation(kind, [&](auto act) {
    parallel_elements(n, 8, [&](size_t begin, size_t end) {
      each_vector(end - begin, [&](size_t i, int lanes) {
        i += begin;
        vf d = load_lanes(dy + i, lanes);
        Activated at = act.at(load_lanes(gate + i, lanes), 1);
        store_lanes(dgate + i, lanes, d * load_lanes(up + i, lanes) * at.slope);
        store_lanes(dup + i, lanes, d * at.value);
      });
    });
  });
}

}  // namespace LLM_ISA

#define LLM_TABLE_ACTIVATION \
  LLM_KERNEL(activation), LLM_KERNEL(activation_grad), LLM_KERNEL(glu), LLM_KERNEL(glu_grad),

#endif
