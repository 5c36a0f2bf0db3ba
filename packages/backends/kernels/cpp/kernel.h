// How a call from JavaScript reaches a kernel, and how a kernel uses the threads.
//
// JavaScript writes the arguments as float64 numbers in one array and names the kernel by its index in a table. A
// pointer is its address: in WebAssembly an offset into the module's memory, in a process a number below 2^53. `thunk`
// turns the numbers into the C++ function's own parameter types, so a kernel is an ordinary function.

#ifndef LLM_KERNEL_H
#define LLM_KERNEL_H

#include <stddef.h>
#include <stdint.h>

struct LlmKernel {
  const char* name;
  int arity;
  void (*run)(const double* arguments);
};

struct LlmTable {
  const LlmKernel* kernels;
  int count;
};

// Implemented once per target (threads-native.cc, threads-wasm.cc), not per instruction set.
extern "C" {
/** Threads that may run at once, the caller included. */
int llm_thread_count(void);
/** Runs task(context, chunk, thread) for each chunk below `chunks`, each once, in any order, and waits for all. */
void llm_parallel(int chunks, void (*task)(void* context, int chunk, int thread), void* context);
/**
 * Scratch memory of the calling thread, 64-byte aligned, of at least that size; its content is undefined. It stays
 * valid until the next call with the same slot (0 … 3). Call it before going parallel, and divide it there.
 */
void* llm_scratch(int slot, size_t bytes);
}

namespace LLM_ISA {

template <typename T>
struct Argument {
  static T from(double x) { return (T)x; }
};
template <typename T>
struct Argument<T*> {
  static T* from(double x) { return (T*)(uintptr_t)x; }
};

template <int... I>
struct Indices {};
template <int N, int... I>
struct MakeIndices : MakeIndices<N - 1, N - 1, I...> {};
template <int... I>
struct MakeIndices<0, I...> {
  typedef Indices<I...> type;
};

template <typename... A, int... I>
static inline void unpack(void (*f)(A...), const double* arguments, Indices<I...>) {
  f(Argument<A>::from(arguments[I])...);
}

template <typename F, F* f>
struct Thunk;
template <typename... A, void (*f)(A...)>
struct Thunk<void(A...), f> {
  static constexpr int arity = sizeof...(A);
  static void run(const double* arguments) { unpack(f, arguments, typename MakeIndices<sizeof...(A)>::type()); }
};

#define LLM_KERNEL(f) {#f, Thunk<decltype(f), f>::arity, Thunk<decltype(f), f>::run}

/** Runs f(chunk, thread) for each chunk. */
template <typename F>
static inline void parallel(int chunks, F f) {
  if (chunks <= 1) {
    if (chunks == 1) f(0, 0);
    return;
  }
  llm_parallel(chunks, [](void* context, int chunk, int thread) { (*(F*)context)(chunk, thread); }, &f);
}

/**
 * Runs f(begin, end, thread) over [0, n) in a few ranges; `cost` is the work per item in float operations, or touched
 * floats. Little work stays on the caller. Only for work whose results do not depend on where the ranges end.
 */
template <typename F>
static inline void parallel_ranges(size_t n, double cost, F f) {
  const double least = 16384;  // below, waking a thread takes longer than the work
  double total = (double)n * cost;
  int threads = llm_thread_count();
  size_t chunks = threads == 1 || total < 2 * least ? 1 : (size_t)(total / least);
  if (chunks > (size_t)(4 * threads)) chunks = 4 * threads;
  if (chunks > n) chunks = n;
  if (n == 0) return;
  parallel((int)chunks, [&](int chunk, int thread) { f(n * chunk / chunks, n * (chunk + 1) / chunks, thread); });
}

}  // namespace LLM_ISA

#endif
