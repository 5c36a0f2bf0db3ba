import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TokenizerError, trainTokenizer } from "../src/index.js";
import { TokenizerPool } from "../src/node.js";

const folder = mkdtempSync(join(fileURLToPath(new URL("../node_modules", import.meta.url)), ".pool-"));
const module = pathToFileURL(join(folder, "node.mjs"));
beforeAll(async () => {
  // Workers run JavaScript: what `npm run build` would make.
  const source = fileURLToPath(new URL("../src/node.ts", import.meta.url));
  await build({
    entryPoints: [source],
    outfile: fileURLToPath(module),
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@llm/source"],
    logLevel: "error",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const texts = Array.from({ length: 500 }, (_, i) => `The ${i}th line, ${"of a poem ".repeat(i % 90)}世界 🦊\n`);

test.each(["bpe", "unigram"] as const)("a pool gives the ids of the tokenizer, %s", async (kind) => {
  const tokenizer = await trainTokenizer(texts, { kind, vocabSize: 400, specialTokens: ["<|end|>"] });
  const pool = new TokenizerPool(tokenizer, { threads: 2, module });
  try {
    const ids = await pool.encodeBatch(texts);
    expect(ids.map((each) => Array.from(each))).toEqual(tokenizer.encodeBatch(texts));
    expect(await pool.encodeBatch([])).toEqual([]);
    await expect(pool.encodeBatch(["a<|end|>"])).rejects.toThrow(TokenizerError);
    const [one] = await pool.encodeBatch(["<|end|>"], { allowedSpecial: new Set(["<|end|>"]) });
    expect(Array.from(one!)).toEqual([tokenizer.specialTokens.get("<|end|>")]);
  } finally {
    await pool.close();
  }
  await expect(pool.encodeBatch(["a"])).rejects.toThrow("closed");
});

test("a number of threads that cannot be", async () => {
  const tokenizer = await trainTokenizer(["abc"], { kind: "char" });
  expect(() => new TokenizerPool(tokenizer, { threads: 0 })).toThrow(TokenizerError);
});
