// Flash attention.

#ifndef LLM_ATTENTION_H
#define LLM_ATTENTION_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

}  // namespace LLM_ISA

#define LLM_TABLE_ATTENTION

#endif
