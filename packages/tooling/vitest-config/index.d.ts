import type { Plugin } from "vite";
import type { Reporter } from "vitest/reporters";

/** The Vite plugin that makes the `ts` fences of READMEs into tests. */
export declare function readmeTests(options?: { root?: string }): Plugin;
/** The reporter that ends a run with `N passed, N failed, N skipped`. */
export declare class Summary implements Reporter {}
