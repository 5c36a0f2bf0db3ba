// What the kernels need from their host, in WebAssembly: scratch memory, and threads where the memory is shared.
//
// Without threads, chunks run one after the other. With them, every worker runs this same module on the same memory,
// with a stack of its own, and waits in `work`. A task is announced by one word, its number and how many workers
// take part: a worker that joins later, or wakes late, can tell from that word alone whether a task is its own. The
// caller may be a page's main thread, which must not sleep; so it helps, then spins.

#include "kernel.h"

extern "C" {

/** Memory from JavaScript, 64-byte aligned. It traps by an exception of JavaScript when there is none. */
__attribute__((import_module("host"), import_name("allocate"))) void* llm_host_allocate(size_t bytes);

void* llm_scratch(int slot, size_t bytes) {
  static void* memory[4];
  static size_t size[4];
  if (size[slot] < bytes) {
    memory[slot] = llm_host_allocate(bytes);
    size[slot] = bytes;
  }
  return memory[slot];
}

#if defined(__wasm_atomics__)

namespace {

struct Pool {
  uint32_t announced;  // task number · 256 + workers that take part
  uint32_t joined;
  int32_t next, running, chunks;
  void (*task)(void*, int, int);
  void* context;
} pool;

void claim(int thread) {
  for (;;) {
    int chunk = __atomic_fetch_add(&pool.next, 1, __ATOMIC_RELAXED);
    if (chunk >= pool.chunks) return;
    pool.task(pool.context, chunk, thread);
  }
}

}  // namespace

int llm_thread_count(void) { return (int)__atomic_load_n(&pool.joined, __ATOMIC_ACQUIRE) + 1; }

void llm_parallel(int chunks, void (*task)(void*, int, int), void* context) {
  uint32_t workers = __atomic_load_n(&pool.joined, __ATOMIC_ACQUIRE);
  pool.task = task;
  pool.context = context;
  pool.chunks = chunks;
  __atomic_store_n(&pool.next, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&pool.running, (int32_t)workers, __ATOMIC_RELAXED);
  uint32_t number = (__atomic_load_n(&pool.announced, __ATOMIC_RELAXED) >> 8) + 1;
  __atomic_store_n(&pool.announced, number << 8 | workers, __ATOMIC_SEQ_CST);
  __builtin_wasm_memory_atomic_notify((int*)&pool.announced, 0xffffffffu);
  claim(0);
  while (__atomic_load_n(&pool.running, __ATOMIC_ACQUIRE) > 0) {
  }
}

/** A worker's life: it never returns. */
__attribute__((export_name("work"))) void llm_work(void) {
  uint32_t seen = __atomic_load_n(&pool.announced, __ATOMIC_SEQ_CST);
  uint32_t mine = __atomic_fetch_add(&pool.joined, 1, __ATOMIC_SEQ_CST);
  for (;;) {
    uint32_t now;
    for (int spins = 0; (now = __atomic_load_n(&pool.announced, __ATOMIC_SEQ_CST)) == seen;) {
      if (++spins > 20000) __builtin_wasm_memory_atomic_wait32((int*)&pool.announced, (int)seen, -1);
    }
    seen = now;
    if (mine >= (now & 255)) continue;
    claim((int)mine + 1);
    __atomic_fetch_sub(&pool.running, 1, __ATOMIC_RELEASE);
  }
}

#else

int llm_thread_count(void) { return 1; }

void llm_parallel(int chunks, void (*task)(void*, int, int), void* context) {
  for (int chunk = 0; chunk < chunks; chunk++) task(context, chunk, 0);
}

#endif

// The compiler may call these by name.
void* memcpy(void* to, const void* from, size_t n) {
  for (size_t i = 0; i < n; i++) ((volatile char*)to)[i] = ((const char*)from)[i];
  return to;
}

void* memset(void* to, int value, size_t n) {
  for (size_t i = 0; i < n; i++) ((volatile char*)to)[i] = (char)value;
  return to;
}

}  // extern "C"
