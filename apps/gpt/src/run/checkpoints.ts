// Saving and restoring what a run needs to go on exactly: parameters, optimizer state, step.
//
// Batches and dropout are functions of (seed, step), so the step is also the data cursor and the state of
// everything random.

import type { AdamW } from "@llm/adamw";
import { bestCheckpoint, latestCheckpoint, loadCheckpoint, saveCheckpoint } from "@llm/checkpoint/node";
import type { NamedParameters } from "@llm/module";
import type { StoredTensor } from "@llm/safetensors";
import type { SpikeGuardState } from "@llm/stability";
import { dispose, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { UserError } from "../ui/error.js";
import { say } from "../ui/progress.js";
import { fromStored, toStored } from "./tensors.js";

const best = { metric: "validationLoss" } as const;

/** What is kept beside the tensors. */
export interface CheckpointFacts {
  keep: number;
  seed: number;
  /** Validation loss at this step, if it was measured. */
  loss?: number;
  /** What the guard against spikes has seen and skipped. */
  guard?: SpikeGuardState;
}

/** Writes a checkpoint; the newest `keep` and the best stay. */
export async function save(
  folder: string,
  step: number,
  parameters: NamedParameters,
  optimizer: AdamW,
  facts: CheckpointFacts,
): Promise<void> {
  const { warnings } = await saveCheckpoint(
    folder,
    step,
    {
      tensors: await toStored(parameters),
      optimizer: await toStored(optimizer.stateDict()),
      metrics: facts.loss === undefined ? {} : { validationLoss: facts.loss },
      meta: {
        cursor: step + (facts.guard?.skippedBatches ?? 0),
        random: { seed: facts.seed, step },
        guard: facts.guard && { ...facts.guard },
      },
    },
    { keep: facts.keep, best },
  );
  for (const warning of warnings) say(`warning: ${warning}`);
}

/** Loads the newest whole checkpoint into parameters and optimizer; its step is 0 when there is none. */
export async function restore(
  folder: string,
  parameters: NamedParameters,
  optimizer: AdamW,
): Promise<{ step: number; guard?: SpikeGuardState }> {
  const { checkpoint, warnings } = await latestCheckpoint(folder);
  for (const warning of warnings) say(`warning: ${warning}`);
  if (!checkpoint) return { step: 0 };
  const { tensors, optimizer: state, meta } = await loadCheckpoint(checkpoint.path, { verify: false });
  assign(parameters, tensors, checkpoint.path);
  if (!state) throw new UserError(`${checkpoint.path} holds no optimizer state: it cannot be resumed`);
  const values = fromStored(state);
  optimizer.loadStateDict(values);
  dispose([...values.values()]);
  return { step: checkpoint.step, guard: (meta as { guard?: SpikeGuardState } | undefined)?.guard };
}

/** Tensors of the best checkpoint of a run (`latest`: the newest), and its step. */
export async function readWeights(
  folder: string,
  which: "best" | "latest",
): Promise<{ step: number; tensors: Map<string, StoredTensor> }> {
  const found = which === "best" ? await bestCheckpoint(folder, best) : await latestCheckpoint(folder);
  const { checkpoint, warnings } = found.checkpoint ? found : await latestCheckpoint(folder);
  for (const warning of warnings) say(`warning: ${warning}`);
  if (!checkpoint) throw new UserError(`${folder} holds no complete checkpoint; let the run reach one, or resume it`);
  return { step: checkpoint.step, tensors: (await loadCheckpoint(checkpoint.path, { verify: false })).tensors };
}

/**
 * Copies stored values into parameters, all of them or none.
 * @throws UserError when names or shapes differ
 */
export function assign(parameters: NamedParameters, stored: ReadonlyMap<string, StoredTensor>, source: string): void {
  for (const [name, parameter] of parameters) {
    const shape = stored.get(name)?.shape;
    if (shape?.join() === parameter.shape.join()) continue;
    const found = shape ? `has shape [${shape}] there` : "is not there";
    throw new UserError(`${source} is of another model: ${name} [${parameter.shape}] ${found}`);
  }
  const values = fromStored(stored) as Map<string, Tensor>;
  for (const [name, parameter] of parameters) parameter.assign(values.get(name) as Variable);
  dispose([...values.values()]);
}
