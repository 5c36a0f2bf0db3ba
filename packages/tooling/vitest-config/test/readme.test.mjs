import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { close, equal } from "../claims.js";
import { runnableFences, testModule } from "../readme.js";

const fence = (code, info = "ts") => `\`\`\`${info}\n${code}\n\`\`\`\n`;

describe("claims", () => {
  test("=> is deep equality over tensors, typed arrays and nesting", () => {
    expect(equal(new Float32Array([1, 2]), [1, 2], "")).toBeInstanceOf(Float32Array);
    equal({ ids: new Int32Array([1]), text: "a" }, { ids: [1], text: "a" }, "");
    equal({ arraySync: () => [[1]] }, [[1]], "");
    expect(() => equal([1, 2], [1, 3], "README.md:7")).toThrow("README.md:7");
    expect(() => equal(1.0001, 1, "")).toThrow();
    expect(() => equal({ a: 1 }, {}, "")).toThrow();
    equal(-0, 0, "");
  });

  test("~> allows 1e-3, in the same nesting", () => {
    close([[0.8414], { loss: 2 }], [[0.841], { loss: 2.001 }], "");
    close(Number.NaN, Number.NaN, "");
    expect(() => close(0.85, 0.841, "")).toThrow("not close");
    expect(() => close([[1, 2]], [[1, 3]], "")).toThrow("at [0][1]");
    expect(() => close([1, 2, 3], [1, 2], "")).toThrow();
    expect(() => close(Number.NaN, 1, "")).toThrow();
    expect(() => close("a", "b", "")).toThrow();
  });
});

describe("fences", () => {
  test("only `ts` ones run, and not `ts no-run`", () => {
    const markdown = fence("npm i", "sh") + fence("1;") + fence("2;", "ts no-run") + fence("3;", "tsx");
    expect(runnableFences(markdown).map(({ lines }) => lines)).toEqual([["1;"]]);
  });

  test("that need something are skipped without it", () => {
    const [first, opened] = testModule(fence("1;", "ts needs=native"), "README.md").split("\n");
    expect(first).toContain('__test.skipIf(!__available("native"))("line 1"');
    expect(first).toContain('from "@llm/testing"');
    expect(opened).toContain("1;");
  });

  test("keep their lines, imports are hoisted once", () => {
    const markdown = `# x\n\n${fence('import { a } from "m";\na(1); // => 1')}\n${fence('import { a } from "m";\nimport type { T } from "t";\na(2); // => 2')}`;
    const lines = testModule(markdown, "README.md").split("\n");
    expect(lines[0].match(/import \{ a \} from "m"/g)).toHaveLength(1);
    expect(lines[0]).not.toContain('"t"');
    expect(lines[4]).toBe('__claims.equal((a(1)), (1), "README.md:5"); // => 1');
  });

  test.each([
    ["a claim that follows nothing", "if (a) {\n} // => 3", "README.md:3: this claim follows no expression"],
    ["a value that is prose", "f(); // => about three", "README.md:2: the value of the claim is not an expression"],
    ["a syntax error", "f(;", "README.md:2: "],
    [
      "two meanings of one name",
      'import { a } from "m";\nimport { b as a } from "m";',
      "README.md:3: a is already imported",
    ],
  ])("%s is an error that names the line", (_, code, message) => {
    expect(() => testModule(fence(code), "README.md")).toThrow(message);
  });

  test("a fence that is never closed is an error", () => {
    expect(() => runnableFences("```ts\n1;")).toThrow("line 1 is never closed");
  });
});

describe("a README under vitest", () => {
  const root = mkdtempSync(join(dirname(fileURLToPath(import.meta.url)), ".readme-"));
  let tests;

  beforeAll(() => {
    const write = (path, text) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    const exports = { ".": { "@llm/source": "./src/index.ts" }, "./node": { "@llm/source": "./src/node.ts" } };
    write("packages/a/sum/package.json", JSON.stringify({ name: "@llm/sum", type: "module", exports }));
    write("packages/a/sum/src/index.ts", "export const sum = (a: number, b: number): number => a + b;\n");
    write("packages/a/sum/src/node.ts", "export const twice = async (a: number): Promise<number> => 2 * a;\n");
    write("packages/a/sum/README.md", readme);
    write("apps/empty/package.json", JSON.stringify({ name: "@llm/empty" }));
    write("apps/empty/README.md", "# empty\n");
    write("vitest.config.mjs", config);
    const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
    const { stdout, stderr } = spawnSync(process.execPath, [vitest, "run", "--root", root, "--reporter=json"], {
      encoding: "utf8",
      cwd: root,
    });
    const start = stdout.indexOf("{");
    if (start < 0) throw new Error(stderr);
    tests = JSON.parse(stdout.slice(start)).testResults.flatMap((file) => file.assertionResults);
  }, 120_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const config = `import { readmeTests } from "@llm/vitest-config";
export default { plugins: [readmeTests({ root: ${JSON.stringify(root)} })], test: { include: ["packages/*/*/README.md", "apps/*/README.md"] } };\n`;
  const readme = `# @llm/sum

${fence(`import { sum } from "@llm/sum";
import { twice } from "@llm/sum/node";

sum(1, 2); // => 3
const y = await twice(4); // => 8
const { length } = [y, sum(
  y,
  y,
)] as number[]; // => [8, 16]
length;
// => 2
[[sum(0.1, 0.2)],
 [1]]; // ~> [[0.3],
       //     [1]]
const later: string = "https://x"; sum(y, 1); // => 9
[1].forEach((one) => {
  sum(one, one); // => 2
});`)}
${fence("sum(1, 2); // => 4")}
${fence("sum(1, 2); // ~> 3.01")}
${fence("sum.missing.property;")}
${fence("sum(1, 2); // => 5", "ts no-run")}`;

  test("passes when its claims are true, and fails on the line of a wrong one", () => {
    const line = (text) => readme.split("\n").findIndex((each) => each.includes(text)) + 1;
    const results = tests.filter(({ status }) => status !== "skipped" && status !== "pending");
    expect(results.map(({ status }) => status)).toEqual(["passed", "failed", "failed", "failed"]);
    expect(results[1].failureMessages[0]).toContain(`packages/a/sum/README.md:${line("// => 4")}`);
    expect(results[2].failureMessages[0]).toContain(`packages/a/sum/README.md:${line("~> 3.01")}`);
    expect(results[3].failureMessages[0]).toMatch(new RegExp(`README\\.md:${line("sum.missing")}:`));
  });

  test("is skipped when it has no fences", () => {
    expect(tests.filter(({ title }) => title === "no ts fences")).toHaveLength(1);
  });
});
