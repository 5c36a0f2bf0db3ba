// Weights of others into a model: a Hugging Face folder or a GGUF file, layer by layer.
//
// A file that somebody sent may claim any size, so a model is made only when the file holds as many parameters as its
// configuration asks for.

import type { GGUFFile } from "@llm/gguf/node";
import { readGGUF } from "@llm/gguf/node";
import { openHuggingFace } from "@llm/huggingface/node";
import { loadWeights } from "@llm/weights";
import { dispose, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { familyOf } from "../families/families.js";
import { ggufNamed, parameterCountOf } from "../families/stored.js";
import { UserError } from "../ui/error.js";
import type { AnyModel, Architecture } from "./model.js";
import { unsetModel } from "./unset.js";

/** A model with the weights of a file. The caller disposes it. */
export interface ForeignModel {
  model: AnyModel;
  architecture: Architecture;
}

/** More positions than any model has; their table would be the largest tensor. */
const mostPositions = 2 ** 24;

/** Opens a Hugging Face folder. @throws UserError, or what the readers throw, for whatever is wrong with it */
export async function loadHuggingFace(folder: string): Promise<ForeignModel & { tokenizerPath?: string }> {
  const files = await openHuggingFace(folder);
  try {
    const architecture = files.config as Architecture;
    const model = makeFor(architecture, files.tensors.values(), folder);
    const { fromHuggingFace } = familyOf(architecture);
    const convert = fromHuggingFace && ((state: State) => fromHuggingFace(state, architecture));
    await fill(
      model,
      () => loadWeights(model.namedParameters(), files, { convert, skip: unused(architecture) }),
      folder,
    );
    return { model, architecture, tokenizerPath: files.tokenizerPath };
  } finally {
    await files.close();
  }
}

/** Opens a GGUF file; `use` sees it before it is closed. @throws as `loadHuggingFace` */
export async function loadGGUF<T>(path: string, use: (loaded: ForeignModel, file: GGUFFile) => Promise<T>): Promise<T> {
  const file = await readGGUF(path);
  try {
    const stored = ggufNamed(String(file.metadata.get("general.architecture")?.value));
    const factors = file.tensors.has(ROPE) ? (await file.readFloat32(ROPE)).values : undefined;
    const architecture = stored.fromConfig(file, factors);
    const others = stored.otherFromMetadata?.(file, architecture) ?? new Map<string, Tensor>();
    try {
      const model = makeFor(architecture, [...file.tensors.values(), ...others.values()], path);
      const convert = (state: State) => stored.fromGGUF(state, architecture);
      const load = async (): Promise<void> => {
        const parameters = new Map(model.namedParameters());
        for (const [name, value] of others) {
          parameters.get(name)?.assign(value as Variable);
          parameters.delete(name);
        }
        await loadWeights(parameters, file, { convert, skip: (name) => name === ROPE });
      };
      await fill(model, load, path);
      return await use({ model, architecture }, file);
    } finally {
      dispose([...others.values()]);
    }
  } finally {
    await file.close();
  }
}

type State = ReadonlyMap<string, Tensor>;

/** Files of tied models may hold the head all the same; where names are translated, that is known there. */
function unused(architecture: Architecture): ((name: string) => boolean) | undefined {
  if (familyOf(architecture).fromHuggingFace) return undefined;
  return (name) => name === "lm_head.weight" && architecture.tie_word_embeddings === true;
}

/** What Llama 3's rotations are divided by; part of the configuration, not of the weights. */
const ROPE = "rope_freqs.weight";

type Shapes = Iterable<{ shape: readonly number[] }>;

function makeFor(architecture: Architecture, tensors: Shapes, source: string): AnyModel {
  const asked = parameterCountOf(architecture);
  let held = 0;
  for (const { shape } of tensors) held += shape.reduce((a, b) => a * b, 1);
  if (asked > held)
    throw new UserError(`${source}: the configuration asks for ${asked} parameters, but the file holds ${held}`);
  const positions = Number(architecture.max_position_embeddings ?? architecture.seq_length ?? 0);
  if (positions > mostPositions)
    throw new UserError(
      `${source}: the configuration has ${positions} positions; at most ${mostPositions} are possible`,
    );
  return unsetModel(architecture);
}

async function fill(model: AnyModel, load: () => Promise<void>, source: string): Promise<void> {
  try {
    await load();
  } catch (error) {
    model.dispose();
    throw new UserError(`${source}: ${(error as Error).message}`);
  }
}
