// Transpose, concat, slice, gather, pad, tile.

#ifndef LLM_MOVEMENT_H
#define LLM_MOVEMENT_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

}  // namespace LLM_ISA

#define LLM_TABLE_MOVEMENT

#endif
