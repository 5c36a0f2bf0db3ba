import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

// The vector functions against float64, for each instruction set that this machine has; without a compiler there is
// nothing to build here, and the conformance suites of the backends remain.
const compiler = ["c++", "clang++", "g++"].find((name) => {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

function processorFlags(): Set<string> {
  try {
    return new Set(/^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.split(" "));
  } catch {
    return new Set();
  }
}

const targets: [name: string, needs: string[], options: string[]][] = [
  ["portable", [], []],
  ["avx2", ["avx2", "fma"], ["-mavx2", "-mfma"]],
  ["avx512", ["avx512f", "avx512dq"], ["-mavx512f", "-mavx512dq", "-mavx2", "-mfma"]],
];

describe.skipIf(!compiler)("vector functions are within their bounds of float64", () => {
  const has = processorFlags();
  for (const [name, needs, options] of targets) {
    test.skipIf(needs.some((flag) => !has.has(flag)))(name, () => {
      const folder = mkdtempSync(join(tmpdir(), "llm-vec-math-"));
      try {
        const cpp = join(import.meta.dirname, "..", "cpp");
        const source = join(import.meta.dirname, "..", "test-cpp", "vec-math.cc");
        const program = join(folder, "vec-math");
        const always = ["-w", "-O2", "-std=c++17", "-DLLM_ISA=llm_test", `-I${cpp}`];
        execFileSync(compiler as string, [...always, ...options, source, "-o", program]);
        const report = execFileSync(program, { encoding: "utf8" });
        expect(report.trim().split("\n")).toHaveLength(6);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
