// All kernels for one instruction set: compiled once for each, with LLM_ISA naming the namespace.
//
// Each concern is a header that ends in the list of its kernels. JavaScript finds a kernel by its name in this table.

#include "activation.h"
#include "adamw.h"
#include "attention.h"
#include "cross-entropy.h"
#include "dropout.h"
#include "elementwise.h"
#include "embedding.h"
#include "matmul.h"
#include "movement.h"
#include "norm.h"
#include "peak.h"
#include "quantized.h"
#include "reduce.h"
#include "rope.h"
#include "softmax.h"

namespace LLM_ISA {

// clang-format off
static const LlmKernel all[] = {
  LLM_TABLE_ACTIVATION LLM_TABLE_ADAMW LLM_TABLE_ATTENTION LLM_TABLE_CROSS_ENTROPY LLM_TABLE_DROPOUT
  LLM_TABLE_ELEMENTWISE LLM_TABLE_EMBEDDING LLM_TABLE_MATMUL LLM_TABLE_MOVEMENT LLM_TABLE_NORM
  LLM_TABLE_PEAK LLM_TABLE_QUANTIZED LLM_TABLE_REDUCE LLM_TABLE_ROPE LLM_TABLE_SOFTMAX
};
// clang-format on

LlmTable table() { return {all, (int)(sizeof(all) / sizeof(all[0]))}; }

}  // namespace LLM_ISA
