// Sums, means and maxima along axes.

#ifndef LLM_REDUCE_H
#define LLM_REDUCE_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

}  // namespace LLM_ISA

#define LLM_TABLE_REDUCE

#endif
