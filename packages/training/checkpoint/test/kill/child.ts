// Saves checkpoints as fast as it can, going on after the newest one, until it is killed. Bundled by kill.test.ts.
// Each tensor of a step holds the step's number, so a mixture of two steps would show.

import type { StoredTensor } from "@llm/safetensors";
import { latestCheckpoint, saveCheckpoint } from "../../src/node.js";

const directory = process.argv[2] as string;
const { checkpoint } = await latestCheckpoint(directory);
for (let step = (checkpoint?.step ?? 0) + 1; ; step++) {
  const full = (length: number): StoredTensor => ({
    dtype: "F32",
    shape: [length],
    data: new Float32Array(length).fill(step),
  });
  const tensors = new Map(Array.from({ length: 8 }, (_, i) => [`layer.${i}`, full(100_000)]));
  await saveCheckpoint(directory, step, { tensors, optimizer: new Map(tensors), meta: { step } }, { keep: 2 });
  // Twice: replacing a checkpoint must be as safe as adding one.
  await saveCheckpoint(directory, step, { tensors, optimizer: new Map(tensors), meta: { step } }, { keep: 2 });
  process.stdout.write(`${step}\n`);
}
