// Products of operands rounded to bfloat16, summed in float32.
//
// bfloat16 is the upper half of a float32. Everywhere, elements are rounded while they are packed and multiplied as
// float32; instructions that multiply bfloat16 directly give the same products faster.

#ifndef LLM_BF16_H
#define LLM_BF16_H

#include "vec.h"

namespace LLM_ISA {

/** To the nearest bfloat16, the even one of two, kept as float32. NaN stays NaN. */
struct Round {
  LLM_INLINE vf convert(vf x) {
    vi bits = (vi)x;
    vi rounded = (bits + 0x7fff + ((bits >> 16) & 1)) & (int32_t)0xffff0000;
    return select((vi)(x == x), (vf)rounded, x);
  }
};

}  // namespace LLM_ISA

#endif
