// What only some machines have. Tests that need it skip with a visible line where it is missing, and
// fail where `LLM_REQUIRE` (a list such as `torch,browser`) says that it must be there.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Requirement {
  /** Whether this machine has it. */
  probe: () => boolean;
  /** How to get it. */
  remedy: string;
}

/** Python with the Debian packages that the fixtures' generators use. */
export const python = "/usr/bin/python3";

/** In the package that depends on node-llama-cpp. */
const probeOfLlama = fileURLToPath(new URL("../../interop/probe.mjs", import.meta.url));

const requirements: Record<string, Requirement> = {
  python: { probe: () => succeeds(python, ["-c", "import ctypes"]), remedy: "apt-get install python3" },
  numpy: { probe: () => succeeds(python, ["-c", "import numpy"]), remedy: "apt-get install python3-numpy" },
  torch: { probe: () => succeeds(python, ["-c", "import torch"]), remedy: "apt-get install python3-torch" },
  sentencepiece: {
    probe: () => succeeds(python, ["-c", "import sentencepiece"]),
    remedy: "apt-get install python3-sentencepiece",
  },
  native: {
    probe: () =>
      existsSync(new URL("../../../backends/backend-native/build/Release/backend_native.node", import.meta.url)),
    remedy: "install a C++ compiler, make and Python, then run npm run setup",
  },
  llama: {
    probe: () => succeeds(process.execPath, [probeOfLlama]),
    remedy: "npm run setup on x64 or arm64, where node-llama-cpp has a binary",
  },
  browser: { probe: () => succeeds("chromium", ["--version"]), remedy: "apt-get install chromium" },
};

const found = new Map<string, boolean>();

/**
 * Whether the machine has `name`; for `describe.skipIf(!available("torch"))`.
 *
 * Throws when it is missing although `LLM_REQUIRE` lists it. `probe` replaces the known way to find out.
 */
export function available(name: string, { probe, remedy }: Partial<Requirement> = requirements[name] ?? {}): boolean {
  if (!probe)
    throw new Error(
      `available: nobody knows how to look for "${name}"; known: ${Object.keys(requirements).join(", ")}`,
    );
  let there = found.get(name);
  if (there === undefined) {
    there = probe();
    found.set(name, there);
    if (!there && !required(name)) console.warn(`SKIPPED without ${name}${remedy ? ` (to run them: ${remedy})` : ""}`);
  }
  if (!there && required(name))
    throw new Error(`LLM_REQUIRE lists "${name}", but it is not here${remedy ? `: ${remedy}` : ""}`);
  return there;
}

function required(name: string): boolean {
  const names = (process.env.LLM_REQUIRE ?? "").split(",").map((each) => each.trim());
  return names.includes(name);
}

function succeeds(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore", timeout: 60_000 }).status === 0;
}
