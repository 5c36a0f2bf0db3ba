// Dropout.

#ifndef LLM_DROPOUT_H
#define LLM_DROPOUT_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

}  // namespace LLM_ISA

#define LLM_TABLE_DROPOUT

#endif
