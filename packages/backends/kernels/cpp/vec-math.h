// exp, log, tanh, the logistic function and erf on whole vectors, to about 2 units in the last place.
//
//   exp(x) = 2^n · e^r with n = round(x/ln 2), |r| ≤ ln 2/2, e^r by a polynomial
//   log(x) = e·ln 2 + log(m) with x = m·2^e, m in [√½, √2), log(m) by a polynomial in m − 1
//   tanh(x) = 1 − 2/(e^{2x} + 1), for small |x| its Taylor polynomial;  σ(x) = 1/(1 + e^{−x})
//   erf(x) = x·P(x²) for small |x|, else ±(1 − e^{−t·Q(t)}) with t = |x|;  Φ(x) = (1 + erf(x/√2))/2
//
// Sources: the argument reductions and polynomials are those of Moshier's Cephes library (single precision); the ones of
// erf are Norbert Juffa's (https://stackoverflow.com/questions/35148198), each off by less than 1 unit.
// exp(−∞) = 0, exp(∞) = ∞, log(0) = −∞, log(< 0) = NaN, and NaN stays NaN; denormal arguments and results are right.
// test-cpp/vec-math.cc measures all of them against float64.

#ifndef LLM_VEC_MATH_H
#define LLM_VEC_MATH_H

#include "vec.h"

namespace LLM_ISA {

/** x·2^n for whole n of −300 … 300. */
LLM_INLINE vf times_power(vf x, vf n) {
#if defined(__AVX512F__)
  return (vf)_mm512_scalef_ps((__m512)x, (__m512)n);
#else
  // 2^n may not be a normal number: its two halves are.
  vi whole = to_int(n), half = whole >> 1;
  return x * (vf)((half + 127) << 23) * (vf)((whole - half + 127) << 23);
#endif
}

LLM_INLINE vf exp(vf x) {
  const vf magic = splat(12582912.0f);  // 1.5·2^23: adding it rounds to an integer in the low bits
  // Beyond, the result is 0 or ∞ anyway. In this order of arguments NaN passes through.
  vf clamped = min(splat(89.0f), max(splat(-104.0f), x));
  vf n = fma(clamped, splat(1.44269504088896341f), magic) - magic;
  vf r = fma(n, splat(-0.693359375f), clamped);
  r = fma(n, splat(2.12194440e-4f), r);
  vf p = splat(1.9875691500e-4f);
  p = fma(p, r, splat(1.3981999507e-3f));
  p = fma(p, r, splat(8.3334519073e-3f));
  p = fma(p, r, splat(4.1665795894e-2f));
  p = fma(p, r, splat(1.6666665459e-1f));
  p = fma(p, r, splat(5.0000001201e-1f));
  return times_power(fma(p, r * r, r) + 1.0f, n);
}

LLM_INLINE vf log(vf x) {
  const vf tiny = splat(1.17549435e-38f);
  vi denormal = (vi)(x < tiny);
  vf scaled = select(denormal, x * 8388608.0f, x);
  vi bits = (vi)scaled;
  vi exponent = ((bits >> 23) & 0xff) - 126 - (denormal & 23);
  vf m = (vf)((bits & 0x007fffff) | 0x3f000000);  // [½, 1)
  vi low = (vi)(m < splat(0.707106781186547524f));
  exponent = exponent + low;  // low is −1 where true
  m = m + select(low, m, splat(0)) - 1.0f;
  vf e = to_float(exponent);
  vf z = m * m;
  vf p = splat(7.0376836292e-2f);
  p = fma(p, m, splat(-1.1514610310e-1f));
  p = fma(p, m, splat(1.1676998740e-1f));
  p = fma(p, m, splat(-1.2420140846e-1f));
  p = fma(p, m, splat(1.4249322787e-1f));
  p = fma(p, m, splat(-1.6668057665e-1f));
  p = fma(p, m, splat(2.0000714765e-1f));
  p = fma(p, m, splat(-2.4999993993e-1f));
  p = fma(p, m, splat(3.3333331174e-1f));
  vf y = p * m * z;
  y = fma(e, splat(-2.12194440e-4f), y);
  y = fma(z, splat(-0.5f), y);
  vf result = fma(e, splat(0.693359375f), m + y);
  const vf infinity = splat(__builtin_inff());
  result = select((vi)(x == infinity), infinity, result);
  result = select((vi)(x == splat(0)), -infinity, result);
  return select((vi)(x >= splat(0)), result, splat(__builtin_nanf("")));
}

/** Of e^{−|x|}, which never overflows, so that small results are right down to the denormal ones. */
LLM_INLINE vf sigmoid(vf x) {
  vf e = exp(-abs(x));
  return select((vi)(x < splat(0)), e, splat(1)) / (1.0f + e);
}

LLM_INLINE vf tanh(vf x) {
  vf z = x * x;
  vf p = splat(-5.70498872745e-3f);
  p = fma(p, z, splat(2.06390887954e-2f));
  p = fma(p, z, splat(-5.37397155531e-2f));
  p = fma(p, z, splat(1.33314422036e-1f));
  p = fma(p, z, splat(-3.33332819422e-1f));
  vf small = fma(p * z, x, x);
  vf large = 1.0f - 2.0f / (exp(2.0f * abs(x)) + 1.0f);
  large = select((vi)(x < splat(0)), -large, large);
  return select((vi)(abs(x) < splat(0.625f)), small, large);
}

/** erf(x) for |x| ≤ 0.93. */
LLM_INLINE vf erf_small(vf x) {
  vf z = x * x;
  vf p = splat(-5.96761703e-4f);
  p = fma(p, z, splat(4.99119423e-3f));
  p = fma(p, z, splat(-2.67681349e-2f));
  p = fma(p, z, splat(1.12819925e-1f));
  p = fma(p, z, splat(-3.76125336e-1f));
  p = fma(p, z, splat(1.28379166e-1f));
  return fma(p, x, x);
}

/** 1 − erf(t) for t ≥ 0.92. */
LLM_INLINE vf erfc_large(vf t) {
  vf z = t * t;
  vf p = fma(splat(-1.72853470e-5f), t, splat(3.83197126e-4f));
  p = fma(p, z, fma(splat(-3.88396438e-3f), t, splat(2.42546219e-2f)));
  p = fma(p, t, splat(-1.06777877e-1f));
  p = fma(p, t, splat(-6.34846687e-1f));
  p = fma(p, t, splat(-1.28717512e-1f));
  return exp(fma(p, t, -t));
}

LLM_INLINE vf erf(vf x) {
  vf t = abs(x), large = 1.0f - erfc_large(t);
  large = (vf)((vi)large | ((vi)x & splat_int((int32_t)0x80000000)));
  return select((vi)(t <= splat(0.927734375f)), erf_small(x), large);
}

/** Φ(x), the probability that a standard normal is below x; near 0 on the left without cancellation. */
LLM_INLINE vf normal_cdf(vf x) {
  vf z = x * 0.707106781186547524f, t = abs(z);
  vf tail = 0.5f * erfc_large(t);
  vf large = select((vi)(x < splat(0)), tail, 1.0f - tail);
  return select((vi)(t <= splat(0.927734375f)), fma(erf_small(z), splat(0.5f), splat(0.5f)), large);
}

}  // namespace LLM_ISA

#endif
