// What this processor has beyond the instruction set that a file is compiled for.

#ifndef LLM_CPU_H
#define LLM_CPU_H

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace LLM_ISA {

/** How to multiply bfloat16 here. */
enum Bf16 { BF16_ROUNDED, BF16_PAIRS, BF16_AMX };

#if defined(__AVX512F__) && defined(__x86_64__)
static bool allow_amx() {
#if defined(__linux__)
  unsigned low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low >> 17 & 3) != 3) return false;  // the system does not keep tiles
  // arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA), for the whole process
  long result;
  asm volatile("syscall" : "=a"(result) : "a"(158), "D"(0x1023), "S"(18) : "rcx", "r11", "memory");
  return result == 0;
#else
  return false;
#endif
}

/** Whether there are vdpbf16ps and the conversions. */
static bool has_pairs() {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 5 & 1);
}

static Bf16 find_bf16() {
  unsigned a, b, c, d, vendor;
  if (!has_pairs() || !__get_cpuid_count(0, 0, &a, &vendor, &c, &d)) return BF16_ROUNDED;
  __get_cpuid_count(7, 0, &a, &b, &c, &d);
  if ((d >> 22 & 1) && (d >> 24 & 1) && allow_amx()) return BF16_AMX;
  const unsigned amd = 0x68747541;  // "Auth"
  return vendor == amd ? BF16_PAIRS : BF16_ROUNDED;
}
#else
static bool has_pairs() { return false; }
static Bf16 find_bf16() { return BF16_ROUNDED; }
#endif

static Bf16 best_bf16() {
  static int found = -1;  // finding it twice at once gives the same
  if (found < 0) found = find_bf16();
  return (Bf16)found;
}

}  // namespace LLM_ISA

#endif
