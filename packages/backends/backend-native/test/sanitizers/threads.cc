// Several JavaScript threads at once, as the pool sees them: each runs tasks and kernels of its own and checks the sums.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "kernel.h"

namespace llm_portable {
LlmTable table();
}

namespace {

void call(const char* name, std::vector<double> arguments) {
  LlmTable table = llm_portable::table();
  for (int i = 0; i < table.count; i++) {
    const LlmKernel& kernel = table.kernels[i];
    if (std::strcmp(kernel.name, name) == 0 && kernel.arity == (int)arguments.size()) return kernel.run(arguments.data());
  }
  std::fprintf(stderr, "there is no kernel %s of %zu arguments\n", name, arguments.size());
  std::exit(1);
}

double at(const void* p) { return (double)(uintptr_t)p; }

void check(bool right, const char* what) {
  if (right) return;
  std::fprintf(stderr, "wrong: %s\n", what);
  std::exit(1);
}

void use_pool(int seed) {
  for (int round = 0; round < 300; round++) {
    std::vector<int> hits(7 + seed + round % 50, 0);
    llm_parallel((int)hits.size(), [](void* context, int chunk, int) { ((int*)context)[chunk]++; }, hits.data());
    for (int hit : hits) check(hit == 1, "each chunk runs once");
  }
  size_t n = 100003;
  std::vector<float> a(n, 1.5f), b(n, (float)seed), y(n);
  for (int round = 0; round < 20; round++) {
    call("add", {at(a.data()), at(b.data()), at(y.data()), 1, 1, 1, (double)n, 0, 0, 0, 1, 0, 0, 0, 1});
    for (float value : y) check(value == 1.5f + seed, "a sum");
  }
}

}  // namespace

int main() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++) threads.emplace_back(use_pool, i);
  for (auto& thread : threads) thread.join();
  std::puts("ok");
}
