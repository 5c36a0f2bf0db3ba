// W × W floats transposed in registers, in log2(W) rounds that exchange ever smaller blocks off the diagonal.

#ifndef LLM_TRANSPOSE_H
#define LLM_TRANSPOSE_H

#include "kernel.h"
#include "vec.h"

namespace LLM_ISA {

template <int S, int... I>
LLM_INLINE void exchange(vf& a, vf& b, Indices<I...>) {
  vf x = __builtin_shufflevector(a, b, (I & S ? W + I - S : I)...);
  b = __builtin_shufflevector(a, b, (I & S ? W + I : I + S)...);
  a = x;
}

template <int S>
LLM_INLINE void exchange_all(vf* v) {
  for (int i = 0; i < W; i++)
    if (!(i & S)) exchange<S>(v[i], v[i + S], typename MakeIndices<W>::type());
  if constexpr (S > 1) exchange_all<S / 2>(v);
}

/** Row i of v becomes column i. */
LLM_INLINE void transpose(vf* v) { exchange_all<W / 2>(v); }

}  // namespace LLM_ISA

#endif
