// Activations and gated linear units.

#ifndef LLM_ACTIVATION_H
#define LLM_ACTIVATION_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

}  // namespace LLM_ISA

#define LLM_TABLE_ACTIVATION

#endif
