// The addon: memory, the table of kernels for this machine's instruction set, and one call that runs a kernel.
//
// JavaScript writes a call's arguments into one shared array of numbers, so that a call costs no conversions.

#include <node_api.h>

#include <cstdlib>
#include <cstring>

#include "kernel.h"

namespace llm_portable {
LlmTable table();
}
#if defined(__x86_64__) || defined(_M_X64)
namespace llm_avx2 {
LlmTable table();
}
namespace llm_avx512 {
LlmTable table();
}
#endif

extern "C" void* llm_allocate(size_t bytes);
extern "C" void llm_free(void* p);

namespace {

constexpr int kArguments = 64;

struct Machine {
  const char* isa;
  LlmTable table;
};

/** The widest instruction set there is, or the one that LLM_ISA names where this processor has it. */
Machine choose() {
  const char* wanted = std::getenv("LLM_ISA");
  auto allowed = [&](const char* isa) { return !wanted || std::strcmp(wanted, isa) == 0; };
#if defined(__x86_64__) || defined(_M_X64)
  __builtin_cpu_init();
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (avx512 && allowed("avx512")) return {"avx512", llm_avx512::table()};
  if (avx2 && allowed("avx2")) return {"avx2", llm_avx2::table()};
#endif
  (void)allowed;
  return {"portable", llm_portable::table()};
}

const Machine& machine() {
  static const Machine chosen = choose();
  return chosen;
}

/** Per JavaScript thread: its argument array. */
struct Thread {
  double* arguments;
};

napi_value allocate(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  double bytes = 0;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  napi_get_value_double(env, argument, &bytes);
  void* memory = bytes > 0 ? llm_allocate((size_t)bytes) : nullptr;
  if (!memory) {
    napi_throw_error(env, nullptr, "the machine has no memory left for a tensor of this size");
    return nullptr;
  }
  napi_value buffer = nullptr;
  auto release = [](napi_env, void* data, void*) { llm_free(data); };
  if (napi_create_external_arraybuffer(env, memory, (size_t)bytes, release, nullptr, &buffer) != napi_ok) {
    llm_free(memory);
    napi_throw_error(env, nullptr, "this runtime does not allow memory of an addon's own");
  }
  return buffer;
}

napi_value address(napi_env env, napi_callback_info info) {
  size_t count = 1, bytes = 0;
  napi_value argument, result;
  void* data = nullptr;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  if (napi_get_arraybuffer_info(env, argument, &data, &bytes) != napi_ok) {
    napi_throw_type_error(env, nullptr, "address: expected an ArrayBuffer");
    return nullptr;
  }
  napi_create_double(env, (double)(uintptr_t)data, &result);
  return result;
}

napi_value run(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  void* data = nullptr;
  int32_t index = -1;
  napi_get_cb_info(env, info, &count, &argument, nullptr, &data);
  napi_get_value_int32(env, argument, &index);
  if (index < 0 || index >= machine().table.count) {
    napi_throw_range_error(env, nullptr, "run: there is no kernel of this number");
    return nullptr;
  }
  machine().table.kernels[index].run(((Thread*)data)->arguments);
  return nullptr;
}

void set(napi_env env, napi_value object, const char* name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

napi_value text(napi_env env, const char* string) {
  napi_value value;
  napi_create_string_utf8(env, string, NAPI_AUTO_LENGTH, &value);
  return value;
}

napi_value function(napi_env env, const char* name, napi_callback callback, void* data) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &value);
  return value;
}

}  // namespace

NAPI_MODULE_INIT() {
  auto* thread = new Thread{(double*)std::calloc(kArguments, sizeof(double))};
  auto release = [](napi_env, void* data, void* hint) {
    std::free(data);
    delete (Thread*)hint;
  };
  napi_value buffer, array, names, threads;
  napi_create_external_arraybuffer(env, thread->arguments, kArguments * sizeof(double), release, thread, &buffer);
  napi_create_typedarray(env, napi_float64_array, kArguments, buffer, 0, &array);
  napi_create_array(env, &names);
  for (int i = 0; i < machine().table.count; i++) {
    napi_set_element(env, names, i, text(env, machine().table.kernels[i].name));
  }
  napi_create_int32(env, llm_thread_count(), &threads);
  set(env, exports, "arguments", array);
  set(env, exports, "kernels", names);
  set(env, exports, "isa", text(env, machine().isa));
  set(env, exports, "threads", threads);
  set(env, exports, "allocate", function(env, "allocate", allocate, nullptr));
  set(env, exports, "address", function(env, "address", address, nullptr));
  set(env, exports, "run", function(env, "run", run, thread));
  return exports;
}
