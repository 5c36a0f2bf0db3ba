// Softmax cross-entropy.

#ifndef LLM_CROSS_ENTROPY_H
#define LLM_CROSS_ENTROPY_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

}  // namespace LLM_ISA

#define LLM_TABLE_CROSS_ENTROPY

#endif
