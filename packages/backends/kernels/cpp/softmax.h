// Softmax and log-softmax.

#ifndef LLM_SOFTMAX_H
#define LLM_SOFTMAX_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

}  // namespace LLM_ISA

#define LLM_TABLE_SOFTMAX

#endif
