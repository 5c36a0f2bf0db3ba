// Embedding and its scatter-add.

#ifndef LLM_EMBEDDING_H
#define LLM_EMBEDDING_H

#include "kernel.h"
#include "vec-math.h"
#include "vec.h"

namespace LLM_ISA {

}  // namespace LLM_ISA

#define LLM_TABLE_EMBEDDING

#endif
