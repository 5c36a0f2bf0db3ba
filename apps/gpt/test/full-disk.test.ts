import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { llm, temporaryFolder } from "./llm.js";

test("a checkpoint on a full disk: a clear error, and what was saved before is intact", async (context) => {
  const folder = temporaryFolder();
  const disk = join(folder, "disk");
  const mounted = process.getuid?.() === 0 && process.platform === "linux" && mountTiny(disk);
  if (!mounted) return context.skip("needs root on Linux, to mount a tiny disk");
  try {
    const run = join(disk, "run");
    const text = join(folder, "text.txt");
    writeFileSync(text, "The dogs and the cats went to the hills.\n".repeat(400));
    const { code, err } = await llm(
      "pretrain",
      "--data",
      text,
      "--out",
      run,
      ...["--layers", "1", "--heads", "2", "--context", "32", "--batch", "4", "--backend", "cpu"],
      "--dim",
      "64",
      "--tokenizer",
      "char",
      "--steps",
      "40",
      "--checkpoint-every",
      "2",
      "--keep",
      "9",
      "--sample-every",
      "0",
      "--eval-every",
      "100",
    );
    expect(code).toBe(1);
    expect(err).toMatch(/ENOSPC|no space left/);
    expect(existsSync(join(run, "checkpoints", "step-00000002"))).toBe(true);
    expect((await llm("eval", "--run", run, "--backend", "cpu")).code).toBe(0);
  } finally {
    execFileSync("umount", [disk]);
  }
});

function mountTiny(path: string): boolean {
  try {
    execFileSync("mkdir", ["-p", path]);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
