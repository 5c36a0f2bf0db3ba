// Tests and their fixtures.

import { dirname, join } from "node:path";
import { listFiles, readIf } from "./files.mjs";

export function checkTests({ path, report }) {
  const tests = listFiles(join(path, "test"), /\.test\.ts$/);
  if (tests.length === 0)
    report("test", "there is no test", "write test/<what>.test.ts: values against a fixture, gradient, leak, errors");
  for (const test of tests) {
    const text = readIf(join(path, "test", test));
    if (text.includes('toBe("the value")'))
      report(`test/${test}`, "is still the template's", "test the paper's example");
    if (/\.only\(/.test(text)) report(`test/${test}`, "has .only, so other tests do not run", "remove it");
  }
  const scripts = listFiles(join(path, "test"), /\.(py|mjs|js|ts|sh)$/).filter((file) => !file.endsWith(".test.ts"));
  for (const fixture of listFiles(join(path, "test", "fixtures"), /\.json$/)) {
    const folder = dirname(`fixtures/${fixture}`);
    if (!scripts.some((script) => dirname(script) === folder)) {
      report(
        `test/fixtures/${fixture}`,
        "has no generator beside it",
        `put the script that made it into test/${folder}, such as generate.py`,
      );
    }
  }
}
