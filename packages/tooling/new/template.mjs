// What a package consists of: section by section the same everywhere, so that a reader finds the way.

const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
const fence = "```";

/** The files of a new package, path → text. */
export function files({ area, name, dependencies = [] }) {
  const fn = camel(name);
  return {
    "package.json": json(manifest({ area, name, dependencies })),
    "tsup.config.ts": `import { packageConfig } from "@llm/tsup-config";\n\nexport default packageConfig();\n`,
    "turbo.json": `{\n  "extends": ["//"],\n  "tags": ["area:${area}"],\n  "tasks": {}\n}\n`,
    "src/index.ts": `export { ${fn} } from "./${name}.js";\n`,
    [`src/${name}.ts`]: `// Say in one sentence what is computed.\n//\n//   the formula\n//\n// Source: the paper. Where this deviates from it, and why.\n\n/** Shapes, units, errors and source stand here. */\nexport function ${fn}(): never {\n  throw new Error("${fn}: write me");\n}\n`,
    [`test/${name}.test.ts`]: `import { expect, test } from "vitest";\nimport { ${fn} } from "../src/index.js";\n\ntest("${fn} computes the value of the paper's example", () => {\n  expect(${fn}()).toBe("the value");\n});\n`,
    "README.md": readme({ name, fn, tfjs: dependencies.includes("tfjs") }),
    [`.changeset/${name}.md`]: `---\n"@llm/${name}": minor\n---\n\nFirst version of \`@llm/${name}\`.\n`,
  };
}

function manifest({ area, name, dependencies }) {
  const ours = dependencies.filter((d) => d !== "tfjs").sort();
  const tfjs = dependencies.includes("tfjs");
  return {
    name: `@llm/${name}`,
    version: "0.0.0",
    description: "",
    keywords: ["llm", name],
    license: "MIT",
    type: "module",
    sideEffects: false,
    exports: { ".": { "@llm/source": "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" } },
    files: ["dist", "src"],
    engines: { node: ">=20.19" },
    scripts: { build: "tsup" },
    ...(ours.length && { dependencies: Object.fromEntries(ours.map((d) => [`@llm/${d}`, "workspace:^"])) }),
    ...(tfjs && { peerDependencies: { "@tensorflow/tfjs-core": "^4.22.0" } }),
    devDependencies: {
      ...(tfjs && { "@llm/testing": "workspace:*" }),
      "@llm/tsup-config": "workspace:*",
      ...(tfjs && { "@tensorflow/tfjs-core": "catalog:" }),
      vitest: "catalog:",
    },
    publishConfig: {
      access: "public",
      exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    },
    llm: { area, paper: null, status: "experimental", related: [] },
  };
}

function readme({ name, fn, tfjs }) {
  return `# @llm/${name}

One sentence: what the idea is.

## What is this?

## When should I use this?

## Install

${fence}sh
npm install @llm/${name}${tfjs ? " @tensorflow/tfjs-core" : ""}
${fence}

## Use

${fence}ts
import { ${fn} } from "@llm/${name}";

${fn}(); // => "the value"
${fence}

## API

## Numerics

## Related
`;
}
