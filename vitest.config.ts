import { readmeTests, Summary } from "@llm/vitest-config";
import { defineConfig } from "vitest/config";

// One run for the whole house. `@llm/source` resolves our packages to their TypeScript, so tests need
// no build; importing tfjs once per worker instead of once per file is what `isolate: false` buys.
const conditions = ["@llm/source", "module", "node", "import", "default"];

export default defineConfig({
  plugins: [readmeTests({ root: import.meta.dirname })],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/*/test/**/*.test.ts",
      "packages/tooling/*/test/**/*.test.mjs",
      "apps/*/test/**/*.test.ts",
      "packages/*/*/README.md",
    ],
    exclude: ["**/node_modules/**", "**/.*/**"],
    reporters: ["default", new Summary()],
    setupFiles: [
      "@llm/vitest-config/setup",
      ...(process.env.LLM_TEST_BACKEND ? ["./packages/tooling/conformance/src/setup.ts"] : []),
    ],
    isolate: false,
    pool: "forks",
    testTimeout: 60_000,
  },
});
