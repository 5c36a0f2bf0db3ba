// Matrix products.

#ifndef LLM_MATMUL_H
#define LLM_MATMUL_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

}  // namespace LLM_ISA

#define LLM_TABLE_MATMUL

#endif
