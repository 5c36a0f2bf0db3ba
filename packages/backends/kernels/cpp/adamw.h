// AdamW and the clip by global norm.

#ifndef LLM_ADAMW_H
#define LLM_ADAMW_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

}  // namespace LLM_ISA

#define LLM_TABLE_ADAMW

#endif
