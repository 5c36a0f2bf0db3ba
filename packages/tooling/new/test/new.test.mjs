import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkShape } from "@llm/checks/shape";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPackage } from "../new.mjs";

const root = mkdtempSync(join(tmpdir(), "new-"));
beforeAll(() => {
  mkdirSync(join(root, "packages/norms"), { recursive: true });
  mkdirSync(join(root, "packages/core/ops"), { recursive: true });
  mkdirSync(join(root, "packages/tooling"), { recursive: true });
  writeFileSync(join(root, "packages/core/ops/package.json"), JSON.stringify({ name: "@llm/ops" }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const problemsOf = (name) =>
  checkShape(root, (folder) => folder === `packages/norms/${name}`).map(({ file, problem }) => {
    return `${file.replaceAll("\\", "/").replace(`packages/norms/${name}/`, "")}: ${problem}`;
  });

test("a new package has the whole shape; only what its author must write is missing", () => {
  expect(createPackage(root, "norms/batch-norm")).toBe("packages/norms/batch-norm");
  expect(problemsOf("batch-norm")).toEqual([
    'package.json: "description" is empty',
    "package.json: its changeset is still the template's",
    "README.md: says nothing below its title",
    'README.md: the section "What is this?" is empty',
    'README.md: the section "When should I use this?" is empty',
    'README.md: the section "API" is empty',
    'README.md: the section "Numerics" is empty',
    'README.md: the section "Related" is empty',
    "src/batch-norm.ts: is still the template's",
    "test/batch-norm.test.ts: is still the template's",
  ]);
  expect(existsSync(join(root, ".changeset/batch-norm.md"))).toBe(true);
});

test("dependencies are written as the house wants them", () => {
  createPackage(root, "norms/group-norm", ["tfjs", "ops"]);
  const manifest = JSON.parse(readFileSync(join(root, "packages/norms/group-norm/package.json"), "utf8"));
  expect(manifest.dependencies).toEqual({ "@llm/ops": "workspace:^" });
  expect(manifest.peerDependencies).toEqual({ "@tensorflow/tfjs-core": "^4.22.0" });
  expect(readFileSync(join(root, "packages/norms/group-norm/README.md"), "utf8")).toContain(
    "npm install @llm/group-norm @tensorflow/tfjs-core",
  );
  // Nothing imports them yet; that is for the author, and all that is reported about them.
  const about = problemsOf("group-norm").filter((problem) => /dependencies|Install/i.test(problem));
  expect(about.every((problem) => /does not import|nothing imports/.test(problem))).toBe(true);
});

test("its files are formatted", () => {
  createPackage(root, "norms/layer-scale", ["tfjs", "ops"]);
  const require = createRequire(import.meta.url);
  const biome = join(dirname(require.resolve("@biomejs/biome/package.json")), "bin/biome");
  const config = join(import.meta.dirname, "../../../../biome.json");
  const folder = join(root, "packages/norms/layer-scale");
  writeFileSync(
    join(folder, "biome.json"),
    JSON.stringify({ root: true, ...JSON.parse(readFileSync(config, "utf8")), vcs: undefined }),
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, "check", "src", "test", "package.json", "turbo.json", "tsup.config.ts"],
    { cwd: folder, encoding: "utf8" },
  );
  expect(`${status}${stdout}${stderr}`).toMatch(/^0/);
});

test.each([
  ["norms", 'expected <area>/<name>, got "norms"'],
  ["norms/a/b", "expected <area>/<name>"],
  ["nowhere/x", 'there is no area "nowhere"; the areas are core norms'],
  ["tooling/x", 'there is no area "tooling"'],
  ["norms/BatchNorm", '"BatchNorm" is not in kebab-case'],
  ["norms/ops", "packages/core/ops is @llm/ops already"],
])("%s is refused", (target, message) => {
  expect(() => createPackage(root, target)).toThrow(message);
});

test("an unknown dependency is refused before anything is written", () => {
  expect(() => createPackage(root, "norms/x", ["opps"])).toThrow('there is no package "opps"');
  expect(existsSync(join(root, "packages/norms/x"))).toBe(false);
});
