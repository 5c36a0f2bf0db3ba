// The kernel tests under the sanitizers of GCC: memory errors and undefined behavior in the real addon, and data races in
// a program of C++ alone (threads.cc), because Node cannot run under ThreadSanitizer.
//
// usage: node run.mjs [address|thread …]; needs g++ with its sanitizer libraries. Exit code 1 on any finding.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const native = join(here, "..", "..");
const root = join(native, "..", "..", "..");
const kernels = join(native, "..", "kernels", "cpp");
const headers = [join(dirname(dirname(process.execPath)), "include", "node"), "/usr/include/node"].find(existsSync);
const scratch = mkdtempSync(join(tmpdir(), "llm-sanitizers-"));

const common = [
  "-g",
  "-O1",
  "-std=c++17",
  "-fno-omit-frame-pointer",
  "-Wno-psabi",
  "-ffp-contract=fast",
  `-I${kernels}`,
];
// One instruction set for the whole program, under the names of all: what is wrong in one is wrong in each.
const isas = {
  avx2: ["-mavx2", "-mfma", "-mf16c"],
  portable: [],
};
const names = ["-DLLM_ISA=llm_portable", "-Dllm_avx2=llm_portable", "-Dllm_avx512=llm_portable"];

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, { stdio: "inherit", cwd: root, env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`${command} ${args.slice(0, 3).join(" ")} … exited with ${status}`);
}

/** The whole conformance suite on an addon with AddressSanitizer and UndefinedBehaviorSanitizer, exact allocations. */
function address() {
  if (!headers) throw new Error("Node's headers are needed");
  const library = (name) => spawnSync("g++", [`-print-file-name=${name}`], { encoding: "utf8" }).stdout.trim();
  for (const [isa, flags] of Object.entries(isas)) {
    const folder = join(scratch, isa);
    mkdirSync(join(folder, "build", "Release"), { recursive: true });
    cpSync(join(native, "package.json"), join(folder, "package.json"));
    const sources = [join(native, "cpp", "addon.cc"), join(native, "cpp", "threads.cc"), join(kernels, "kernels.cc")];
    const sanitize = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-sanitize=alignment"];
    const output = join(folder, "build", "Release", "backend_native.node");
    run("g++", [
      "-shared",
      "-fPIC",
      ...common,
      ...flags,
      ...names,
      ...sanitize,
      "-DNAPI_VERSION=8",
      `-I${headers}`,
      ...sources,
      "-o",
      output,
    ]);
    console.log(`address, undefined: ${isa}`);
    run(
      process.execPath,
      ["node_modules/vitest/vitest.mjs", "run", "packages/tooling/conformance/test/native.test.ts", "--pool=forks"],
      {
        LD_PRELOAD: `${library("libasan.so")} ${library("libubsan.so")}`,
        // Node itself never frees everything; a throwing addon unwinds through frames that the sanitizer does not know.
        ASAN_OPTIONS: "detect_leaks=0:intercept_cxx_exceptions=0",
        "@LLM/BACKEND_NATIVE_PREBUILD": folder,
        LLM_EXACT: "1",
        LLM_THREADS: "3",
      },
    );
  }
}

/** Many threads that call kernels at once, under ThreadSanitizer. */
function thread() {
  const output = join(scratch, "threads");
  const sources = [join(here, "threads.cc"), join(native, "cpp", "threads.cc"), join(kernels, "kernels.cc")];
  run("g++", [...common, ...isas.avx2, ...names, "-fsanitize=thread", ...sources, "-o", output, "-lpthread"]);
  console.log("thread");
  run(output, [], { LLM_THREADS: "3", TSAN_OPTIONS: "halt_on_error=1" });
}

try {
  const wanted = process.argv.slice(2);
  for (const check of [address, thread]) if (wanted.length === 0 || wanted.includes(check.name)) check();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
