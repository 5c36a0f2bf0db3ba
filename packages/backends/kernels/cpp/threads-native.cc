// The thread pool of a process, shared by all its JavaScript threads.
//
// Workers claim chunks of the current task from one atomic counter, so an unlucky thread delays nobody. Between tasks a
// worker spins for some microseconds, because the next kernel of a training step follows at once, then sleeps. When a
// second JavaScript thread wants the pool while it is busy, that thread runs its chunks itself: ranks and workers on one
// machine never wait for each other, and the result is the same bits.

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "kernel.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace {

inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

int wanted_threads() {
  int count = 0;
  if (const char* text = std::getenv("LLM_THREADS")) count = std::atoi(text);
  if (count < 1) count = (int)std::thread::hardware_concurrency();
  return count < 1 ? 1 : count > 256 ? 256 : count;
}

struct Task {
  void (*run)(void*, int, int);
  void* context;
  int chunks;
};

class Pool {
 public:
  void run(const Task& task) {
    if (size() == 1 || !busy_.try_lock()) {
      for (int chunk = 0; chunk < task.chunks; chunk++) task.run(task.context, chunk, 0);
      return;
    }
    std::lock_guard<std::mutex> mine(busy_, std::adopt_lock);
    if (workers_.empty()) start();
    task_ = task;
    next_.store(0, std::memory_order_relaxed);
    running_.store((int)workers_.size(), std::memory_order_relaxed);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      epoch_.fetch_add(1, std::memory_order_release);
    }
    if (sleeping_.load(std::memory_order_relaxed) > 0) wake_.notify_all();
    claim(0);
    // A worker may have lost its core to another process: after a while, let others run instead of spinning.
    for (int spins = 0; running_.load(std::memory_order_acquire) > 0;) {
      if (++spins < 2000) relax();
      else std::this_thread::yield();
    }
  }

  int size() {
    static const int count = wanted_threads();
    return count;
  }

 private:
  // The workers are never joined: at exit the process ends under them, as a pool that JavaScript owns must allow.
  void start() {
    for (int i = 1; i < size(); i++) {
      workers_.emplace_back([this, i] { work(i); });
      workers_.back().detach();
    }
  }

  void work(int thread) {
    unsigned seen = 0;
    for (;;) {
      int spins = 0;
      while (epoch_.load(std::memory_order_acquire) == seen && ++spins < 4000) relax();
      if (epoch_.load(std::memory_order_acquire) == seen) {
        std::unique_lock<std::mutex> lock(mutex_);
        sleeping_.fetch_add(1, std::memory_order_relaxed);
        wake_.wait(lock, [&] { return epoch_.load(std::memory_order_acquire) != seen; });
        sleeping_.fetch_sub(1, std::memory_order_relaxed);
      }
      seen = epoch_.load(std::memory_order_acquire);
      claim(thread);
      running_.fetch_sub(1, std::memory_order_release);
    }
  }

  void claim(int thread) {
    for (;;) {
      int chunk = next_.fetch_add(1, std::memory_order_relaxed);
      if (chunk >= task_.chunks) return;
      task_.run(task_.context, chunk, thread);
    }
  }

  std::mutex busy_, mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> workers_;
  Task task_ = {nullptr, nullptr, 0};
  std::atomic<int> next_{0}, running_{0}, sleeping_{0};
  std::atomic<unsigned> epoch_{0};
};

// Never destroyed, because the workers use it until the very end.
Pool& pool() {
  static Pool* const instance = new Pool;
  return *instance;
}

}  // namespace

extern "C" int llm_thread_count(void) { return pool().size(); }

extern "C" void llm_parallel(int chunks, void (*task)(void*, int, int), void* context) {
  pool().run({task, context, chunks});
}

extern "C" void* llm_allocate(size_t bytes) {
  // Large blocks at 2 MiB borders, so that the kernel can back them with huge pages.
  size_t alignment = bytes >= (4u << 20) ? (2u << 20) : 64;
  size_t rounded = (bytes + alignment - 1) / alignment * alignment;
#if defined(_WIN32)
  return _aligned_malloc(rounded, alignment);
#else
  void* p = std::aligned_alloc(alignment, rounded);
#if defined(__linux__)
  if (p && alignment > 64) madvise(p, rounded, MADV_HUGEPAGE);
#endif
  return p;
#endif
}

extern "C" void llm_free(void* p) {
#if defined(_WIN32)
  _aligned_free(p);
#else
  std::free(p);
#endif
}

extern "C" void* llm_scratch(int slot, size_t bytes) {
  struct Slot {
    void* memory = nullptr;
    size_t bytes = 0;
    ~Slot() { llm_free(memory); }
  };
  thread_local Slot slots[4];
  Slot& mine = slots[slot];
  if (mine.bytes < bytes) {
    llm_free(mine.memory);
    mine.memory = llm_allocate(bytes);
    mine.bytes = mine.memory ? bytes : 0;
    if (!mine.memory) std::abort();
  }
  return mine.memory;
}
