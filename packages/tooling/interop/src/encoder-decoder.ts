// Encoder-decoders in llama.cpp. node-llama-cpp loads them, but has no call for the encoder, without which the decoder ends
// the process; so its library is called directly, by a program in Python's standard library.

import { spawnSync } from "node:child_process";
import { readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { python } from "@llm/testing";

/** Targets that llama.cpp wrote greedily. */
export interface LlamaCppTargets {
  /** The token that it began with. */
  start: number;
  /** For each source, the ids, and the logits [count][V] that they were chosen by. */
  results: { ids: number[]; logits: number[][] }[];
}

/**
 * The first `count` tokens of the target to each source, in ids.
 * @throws Error with what the program said when it fails
 */
export function encoderDecoderTargets(path: string, sources: readonly number[][], count: number): LlamaCppTargets {
  const program = fileURLToPath(new URL("encoder_decoder.py", import.meta.url));
  const input = JSON.stringify({ ...library(), path, sources, count });
  const { status, stdout, stderr } = spawnSync(python, [program], { input, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`encoder_decoder.py ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as LlamaCppTargets;
}

/** Where llama.cpp's library is: beside node-llama-cpp, in the package for this machine. */
function library(): { folder: string; library: string } {
  const modules = dirname(realpathSync(fileURLToPath(new URL("../node_modules/node-llama-cpp", import.meta.url))));
  const { platform, arch } = process;
  const name = `${platform === "darwin" ? "mac" : platform}-${arch}${platform === "darwin" && arch === "arm64" ? "-metal" : ""}`;
  const folder = join(modules, "@node-llama-cpp", name, "bins", name);
  const found = readdirSync(folder).find((file) => /^libllama\..*(so|dylib)$/.test(file));
  if (!found) throw new Error(`there is no libllama in ${folder}`);
  return { folder, library: found };
}
