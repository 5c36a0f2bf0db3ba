// Layer norm and RMS norm.

#ifndef LLM_NORM_H
#define LLM_NORM_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

}  // namespace LLM_ISA

#define LLM_TABLE_NORM

#endif
