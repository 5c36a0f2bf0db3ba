// How every package is built, in one place: esbuild (through tsup) for the code, and TypeScript's
// declaration emit for the types. The sources are clean under `isolatedDeclarations`, so nothing is
// checked or resolved here: a package builds in about a second, and `npm run typecheck` checks them all.

import { join } from "node:path";
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
    removeNodeProtocol: false,
    external: [/^node:/],
    onSuccess: async () => emitDeclarations(process.cwd()),
    ...options,
  };
}

/** Writes `dist/x.d.ts` for each `src/x.ts`. Only the standard library is loaded: `[Symbol.iterator]` needs it. */
function emitDeclarations(folder) {
  const files = ts.sys.readDirectory(join(folder, "src"), [".ts"]).filter((file) => !file.endsWith(".d.ts"));
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2022.d.ts"],
    types: [],
    rootDir: join(folder, "src"),
    outDir: join(folder, "dist"),
    declaration: true,
    emitDeclarationOnly: true,
    isolatedDeclarations: true,
    stripInternal: true,
    noCheck: true,
    noResolve: true,
    verbatimModuleSyntax: true,
  });
  const { diagnostics } = program.emit();
  if (diagnostics.length === 0) return;
  const host = { getCanonicalFileName: (file) => file, getCurrentDirectory: () => folder, getNewLine: () => "\n" };
  throw new Error(ts.formatDiagnostics(diagnostics, host));
}
