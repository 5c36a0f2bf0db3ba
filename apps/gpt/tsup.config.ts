import { packageConfig } from "@llm/tsup-config";

// The app bundles the house's packages from their sources, so that it needs no build of theirs: it starts
// after a second, and what it installs are third-party libraries alone.
export default packageConfig({
  entry: ["src/cli.ts"],
  platform: "node",
  target: "node20",
  splitting: true,
  noExternal: [/^@llm\//],
  onSuccess: undefined,
  esbuildOptions(options) {
    options.conditions = ["@llm/source"];
  },
});
