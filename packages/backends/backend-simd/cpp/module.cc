// The WebAssembly module: the kernels, compiled for 128-bit vectors, and what JavaScript calls.

#include "kernels.cc"
#include "threads-wasm.cc"

static double call_arguments[64];

extern "C" {

__attribute__((export_name("call_arguments"))) double* llm_call_arguments(void) { return call_arguments; }
__attribute__((export_name("kernel_count"))) int llm_kernel_count(void) { return LLM_ISA::table().count; }
__attribute__((export_name("kernel_name"))) const char* llm_kernel_name(int i) { return LLM_ISA::table().kernels[i].name; }
__attribute__((export_name("thread_count"))) int llm_threads(void) { return llm_thread_count(); }
__attribute__((export_name("run"))) void llm_run(int i) { LLM_ISA::table().kernels[i].run(call_arguments); }

}  // extern "C"
