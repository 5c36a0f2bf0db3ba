// Rotary position embedding.

#ifndef LLM_ROPE_H
#define LLM_ROPE_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

}  // namespace LLM_ISA

#define LLM_TABLE_ROPE

#endif
