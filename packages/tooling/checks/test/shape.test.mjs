import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { checkShape } from "../shape.mjs";

const roots = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

const fence = (info, code) => `\`\`\`${info}\n${code}\n\`\`\``;
const README = `# @llm/softplus

A smooth relu.

## What is this?

log(1 + exp x).

## When should I use this?

When relu is too sharp.

## Install

${fence("sh", "# not a heading\nnpm install @llm/softplus @tensorflow/tfjs-core")}

## Use

${fence("ts", 'import { softplus } from "@llm/softplus";\n\nsoftplus(0); // ~> 0.693')}

## API

softplus

## Numerics

Exact.

## Related

Nothing.
`;
const MANIFEST = {
  name: "@llm/softplus",
  version: "0.0.0",
  description: "A smooth relu.",
  keywords: ["llm", "softplus"],
  license: "MIT",
  type: "module",
  sideEffects: false,
  exports: { ".": { "@llm/source": "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" } },
  files: ["dist", "src"],
  engines: { node: ">=20.19" },
  scripts: { build: "tsup" },
  peerDependencies: { "@tensorflow/tfjs-core": "^4.22.0" },
  devDependencies: { "@llm/tsup-config": "workspace:*", "@tensorflow/tfjs-core": "catalog:", vitest: "catalog:" },
  publishConfig: { access: "public", exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } } },
  llm: { area: "feedforward", paper: null, status: "stable", related: ["linear"] },
};
const SOURCE = `// log(1 + exp x).
import { type Tensor, softplus as smooth } from "@tensorflow/tfjs-core";

/** Softplus of x. */
export const softplus = (x: Tensor): Tensor => smooth(x);
`;

/** The problems of a sound package after some of its files were replaced (undefined: deleted). */
function problemsWith(changes) {
  const root = mkdtempSync(join(tmpdir(), "shape-"));
  roots.push(root);
  const files = {
    "package.json": JSON.stringify(MANIFEST),
    "README.md": README,
    "turbo.json": JSON.stringify({ extends: ["//"], tags: ["area:feedforward"], tasks: {} }),
    "tsup.config.ts": 'import { packageConfig } from "@llm/tsup-config";\n\nexport default packageConfig();\n',
    "src/index.ts": 'export { softplus } from "./softplus.js";\n',
    "src/softplus.ts": SOURCE,
    "test/softplus.test.ts": 'import { test } from "vitest";\n',
    "test/fixtures/torch.json": "{}",
    "test/fixtures/generate.py": "",
    "../../../.changeset/softplus.md": '---\n"@llm/softplus": minor\n---\n\nSoftplus.\n',
    "../../tooling/testing/package.json": JSON.stringify({ name: "@llm/testing" }),
    "../../core/linear/package.json": JSON.stringify({ name: "@llm/linear" }),
    ...changes,
  };
  for (const [file, text] of Object.entries(files)) {
    const path = join(root, "packages/feedforward/softplus", file);
    mkdirSync(dirname(path), { recursive: true });
    if (text !== undefined) writeFileSync(path, text);
  }
  return checkShape(root, (folder) => folder.startsWith("packages/feedforward")).map(({ file, problem, fix }) => {
    expect(fix).not.toBe("");
    return `${file.replaceAll("\\", "/").replace("packages/feedforward/softplus/", "")}: ${problem}`;
  });
}

const manifest = (changes) => ({ "package.json": JSON.stringify({ ...MANIFEST, ...changes }) });
const source = (code) => ({ "src/softplus.ts": `${SOURCE}${code}\n` });

test("a sound package has no problems", () => {
  expect(problemsWith({})).toEqual([]);
});

test.each([
  ["no README", { "README.md": undefined }, "README.md: is missing"],
  [
    "a missing section",
    { "README.md": README.replace("## Numerics", "## Numbers") },
    'the section "Numerics" is missing',
  ],
  ["an empty section", { "README.md": README.replace("Exact.", "") }, 'the section "Numerics" is empty'],
  [
    "sections out of order",
    { "README.md": README.replace("## API", "## X").replace("## Related", "## API").replace("## X", "## Related") },
    "its sections stand in the order",
  ],
  [
    "an export that the README omits",
    { "README.md": README.replaceAll("softplus", "soft") },
    "does not mention the export softplus",
  ],
  ["a README without a fence", { "README.md": README.replace("```ts", "```js") }, "has no `ts` fence"],
  [
    "an install line without the peer",
    { "README.md": README.replace(" @tensorflow/tfjs-core", "") },
    "does not install @tensorflow/tfjs-core",
  ],
  ["no package.json", { "package.json": undefined }, "package.json: is missing"],
  ["no description", manifest({ description: "" }), '"description" is empty'],
  ["another licence", manifest({ license: "ISC" }), '"license" is "ISC"'],
  ["side effects", manifest({ sideEffects: true }), '"sideEffects" is true'],
  ["exports without the source", manifest({ exports: { ".": { default: "./dist/index.js" } } }), 'exports["."] is'],
  [
    "an entry without its file",
    manifest({
      exports: {
        ...MANIFEST.exports,
        "./node": { "@llm/source": "./src/node.ts", types: "./dist/node.d.ts", default: "./dist/node.js" },
      },
    }),
    "names ./src/node.ts, which is not there",
  ],
  [
    "published source",
    manifest({ publishConfig: { access: "public", exports: MANIFEST.exports } }),
    '"publishConfig.exports" is not',
  ],
  ["another area", manifest({ llm: { ...MANIFEST.llm, area: "norms" } }), '"llm.area" is "norms"'],
  ["an unknown status", manifest({ llm: { ...MANIFEST.llm, status: "done" } }), '"llm.status" is "done"'],
  [
    "a related package that does not exist",
    manifest({ llm: { ...MANIFEST.llm, related: ["nowhere"] } }),
    '"llm.related" names "nowhere"',
  ],
  [
    "an unused dependency",
    manifest({ dependencies: { "@llm/linear": "workspace:^" } }),
    '"dependencies" has @llm/linear, which src does not import',
  ],
  [
    "tooling at run time",
    {
      ...source('import { available } from "@llm/testing";'),
      ...manifest({ dependencies: { "@llm/testing": "workspace:*" } }),
    },
    "src uses @llm/testing, which is not published",
  ],
  [
    "a missing dependency",
    source('import { linear } from "@llm/linear";'),
    'src imports @llm/linear, which is not in "dependencies"',
  ],
  ["tfjs that is no peer", manifest({ peerDependencies: {} }), 'is not the peer "^4.22.0"'],
  [
    "an unused dev dependency",
    manifest({ devDependencies: { ...MANIFEST.devDependencies, tiktoken: "catalog:" } }),
    '"devDependencies" has tiktoken',
  ],
  [
    "an undeclared test import",
    { "test/softplus.test.ts": 'import fc from "fast-check";\n' },
    "its tests or configs import fast-check",
  ],
  ["no tag", { "turbo.json": "{}" }, "turbo.json: does not carry the tag"],
  ["no changeset", { "../../../.changeset/softplus.md": undefined }, "has no changeset"],
  ["no test", { "test/softplus.test.ts": undefined }, "test: there is no test"],
  [
    "a fixture without generator",
    { "test/fixtures/generate.py": undefined },
    "test/fixtures/torch.json: has no generator",
  ],
  [
    "export * in the index",
    { "src/index.ts": 'export * from "./softplus.js";\n' },
    "src/index.ts:1: holds more than named re-exports",
  ],
  [
    "code in the index",
    { "src/index.ts": 'export { softplus } from "./softplus.js";\nexport const a = 1;\n' },
    "src/index.ts:2: holds more than",
  ],
  [
    "no doc comment",
    { "src/softplus.ts": SOURCE.replace("/** Softplus of x. */", "") },
    "src/softplus.ts:5: softplus is public and has no doc comment",
  ],
  [
    "no head comment",
    { "src/softplus.ts": SOURCE.replace("// log(1 + exp x).", "").replace("/** Softplus of x. */", "") },
    "has no head comment",
  ],
  ["a file called utils", { "src/utils.ts": "// x\nexport const a = 1;\n" }, "src/utils.ts: says nothing by its name"],
  ["a default export", source("export default 1;"), "src/softplus.ts:6: has a default export"],
  ["a default function", source("export default function f() {}"), "has a default export"],
  ["an effect on import", source("registerKernel();"), "runs something on import"],
  ["an import for its effect", source('import "@tensorflow/tfjs-core";'), "imports for the effect"],
  ["all of tfjs", source('import * as tf from "@tensorflow/tfjs-core";'), "imports all of tfjs"],
  ["a chained method", source("const f = (x: any) => x.square();"), "calls .square("],
  ["a tensor on import", source("const one = smooth(1);"), "makes a tensor on import"],
  ["top-level await", source("const one = await Promise.resolve(1);"), "awaits at the top level"],
  [
    "node: reached through a file",
    {
      ...source('import { read } from "./file.js";'),
      "src/file.ts": '// Reads.\nimport { readFileSync } from "node:fs";\nexport const read = readFileSync;\n',
    },
    'src/file.ts:2: "." reaches node:fs',
  ],
])("%s is found", (_, changes, expected) => {
  expect(problemsWith(changes).join("\n")).toContain(expected);
});

test("types of Node, methods of Math and files behind ./node are fine", () => {
  const problems = problemsWith({
    ...source('import type { Stats } from "node:fs";\nexport const f = (x: Stats) => Math.sqrt(x.size);'),
    "src/node.ts": '// Reads.\nimport { readFileSync } from "node:fs";\nexport const read = readFileSync;\n',
  });
  expect(problems).toEqual([]);
});
