import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { available } from "@llm/testing";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("attention-digest.mjs", import.meta.url));

test.skipIf(!available("native"))("attention and its gradient are the same bits on 1, 2 and 3 threads", () => {
  const run = (threads: string): string[] =>
    execFileSync(process.execPath, [script], { env: { ...process.env, LLM_THREADS: threads }, encoding: "utf8" }).split(
      " ",
    );
  const [one, two, three] = ["1", "2", "3"].map(run);
  expect([one?.[0], two?.[0], three?.[0]]).toEqual(["1", "2", "3"]);
  expect(two?.[1]).toBe(one?.[1]);
  expect(three?.[1]).toBe(one?.[1]);
});
