// Builds the WebAssembly modules into src/modules/*.ts, which are committed: nobody needs a compiler to use them.
//
// usage: node build.mjs          writes them; needs clang++-16 and wasm-ld-16
//        node build.mjs --check  compares with what is committed; exit code 1 when they differ
//
// Four builds of the same sources: fused multiply-add (relaxed SIMD) or not, threads over shared memory or not. A host
// takes the best that it validates.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync, inflateRawSync } from "node:zlib";

const here = fileURLToPath(new URL(".", import.meta.url));
const kernels = dirname(fileURLToPath(import.meta.resolve("@llm/kernels/cpp/kernels.cc")));
const compiler = process.env.CLANG ?? "clang++-16";

const variants = {
  simd: [],
  "simd-threads": ["-matomics", "-Wl,--shared-memory,--import-memory,--max-memory=4294967296"],
  relaxed: ["-mrelaxed-simd"],
  "relaxed-threads": ["-mrelaxed-simd", "-matomics", "-Wl,--shared-memory,--import-memory,--max-memory=4294967296"],
};

/** The module's bytes. */
function compile(flags, folder) {
  const output = join(folder, "module.wasm");
  const memory = flags.includes("-matomics") ? [] : ["-Wl,--import-memory,--max-memory=4294967296"];
  const { status, stderr, error } = spawnSync(
    compiler,
    [
      "--target=wasm32",
      "-std=c++17",
      "-O3",
      "-msimd128",
      "-mbulk-memory",
      "-mnontrapping-fptoint",
      "-ffreestanding",
      "-fno-exceptions",
      "-fno-rtti",
      "-ffp-contract=fast",
      "-fno-math-errno",
      "-nostdlib",
      "-DLLM_ISA=llm_wasm",
      `-I${kernels}`,
      ...flags,
      ...memory,
      "-Wl,--no-entry,--stack-first,-z,stack-size=262144,--export=__heap_base,--export=__stack_pointer,--strip-all",
      "-o",
      output,
      join(here, "cpp", "module.cc"),
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`${compiler} failed: ${error?.message ?? stderr}`);
  return readFileSync(output);
}

const sourceOf = (name, bytes) => {
  const text = deflateRawSync(bytes, { level: 9 }).toString("base64");
  return `// Written by build.mjs: ${bytes.length} bytes of WebAssembly, deflated.\nexport const ${camel(name)} =\n  "${text}";\n`;
};
const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/** The bytes in a committed module. */
const bytesOf = (source) => inflateRawSync(Buffer.from(/"([^"]+)"/.exec(source)?.[1] ?? "", "base64"));

const scratch = mkdtempSync(join(tmpdir(), "llm-simd-"));
try {
  for (const [name, flags] of Object.entries(variants)) {
    const bytes = compile(flags, scratch);
    const file = join(here, "src", "modules", `${name}.ts`);
    if (!process.argv.includes("--check")) {
      writeFileSync(file, sourceOf(name, bytes));
      console.log(`${name}: ${bytes.length} bytes`);
    } else if (!bytesOf(readFileSync(file, "utf8")).equals(bytes)) {
      console.error(`src/modules/${name}.ts differs from its sources: run node build.mjs with ${compiler}`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
