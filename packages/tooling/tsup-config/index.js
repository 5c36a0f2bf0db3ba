// How every package is built, in one place: esbuild (through tsup) for the code, and TypeScript's
// per-file declaration emit for the types. The sources are clean under `isolatedDeclarations`, so no
// type checker runs here: a package builds in under a second, and `npm run typecheck` checks them all.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import ts from "typescript";

/** @param {import("tsup").Options} [options] */
export function packageConfig(options = {}) {
  return {
    entry: ["src/index.ts"],
    format: ["esm"],
    target: "es2022",
    platform: "neutral",
    sourcemap: true,
    clean: true,
    treeshake: false,
    splitting: true,
    dts: false,
    external: [/^node:/],
    onSuccess: emitDeclarations,
    ...options,
  };
}

async function emitDeclarations() {
  for (const file of await readdir("src", { recursive: true })) {
    if (!file.endsWith(".ts") || file.endsWith(".d.ts")) continue;
    const source = readFileSync(join("src", file), "utf8");
    const { outputText, diagnostics } = ts.transpileDeclaration(source, {
      fileName: file,
      reportDiagnostics: true,
      compilerOptions: { target: ts.ScriptTarget.ES2022, isolatedDeclarations: true, stripInternal: true },
    });
    if (diagnostics?.length) {
      throw new Error(ts.formatDiagnostics(diagnostics, { getCanonicalFileName: (f) => f, getCurrentDirectory: () => process.cwd(), getNewLine: () => "\n" }));
    }
    const out = join("dist", file.replace(/\.ts$/, ".d.ts"));
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, outputText);
  }
}
