// exp, log, tanh, the logistic function and erf on whole vectors, to about 2 units in the last place.
//
//   exp(x) = 2^n · e^r with n = round(x/ln 2), |r| ≤ ln 2/2, e^r by a polynomial
//   log(x) = e·ln 2 + log(m) with x = m·2^e, m in [√½, √2), log(m) by a polynomial in m − 1
//   tanh(x) = 1 − 2/(e^{2x} + 1), for small |x| its Taylor polynomial;  σ(x) = 1/(1 + e^{−x})
//   erf: rational approximation 7.1.26 refined, see below
//
// Sources: the argument reductions and polynomial degrees are those of Moshier's Cephes library (single precision).
// exp(−∞) = 0, exp(∞) = ∞, log(0) = −∞, log(< 0) = NaN, and NaN stays NaN.

#ifndef LLM_VEC_MATH_H
#define LLM_VEC_MATH_H

#include "vec.h"

namespace LLM_ISA {

LLM_INLINE vf exp(vf x) {
  const vf magic = splat(12582912.0f);  // 1.5·2^23: adding it rounds to an integer in the low bits
  // Clamped so that 2^n below can be split in two normal powers; beyond, the result is 0 or ∞ anyway.
  vf clamped = min(max(x, splat(-104.0f)), splat(89.0f));
  vf shifted = fma(clamped, splat(1.44269504088896341f), magic);
  vf n = shifted - magic;
  vf r = fma(n, splat(-0.693359375f), clamped);
  r = fma(n, splat(2.12194440e-4f), r);
  vf p = splat(1.9875691500e-4f);
  p = fma(p, r, splat(1.3981999507e-3f));
  p = fma(p, r, splat(8.3334519073e-3f));
  p = fma(p, r, splat(4.1665795894e-2f));
  p = fma(p, r, splat(1.6666665459e-1f));
  p = fma(p, r, splat(5.0000001201e-1f));
  p = fma(p, r * r, r) + 1.0f;
  vi whole = to_int(n);
  vi half = whole >> 1;
  vf y = p * (vf)((half + 127) << 23) * (vf)((whole - half + 127) << 23);
  return select((vi)(x != x), x, y);
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

LLM_INLINE vf sigmoid(vf x) { return 1.0f / (1.0f + exp(-x)); }

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

}  // namespace LLM_ISA

#endif
