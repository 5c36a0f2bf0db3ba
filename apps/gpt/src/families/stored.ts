// How a family's parameters are counted, and how it is stored for llama.cpp.

import * as bert from "@llm/bert";
import * as bloom from "@llm/bloom";
import * as chatglm from "@llm/chatglm";
import * as falcon from "@llm/falcon";
import { type GGUFModel, type Metadata, type MetadataValue, readMetadata, uint32 } from "@llm/gguf";
import * as gpt2 from "@llm/gpt2";
import * as llama from "@llm/llama";
import * as t5 from "@llm/t5";
import type { Tensor } from "@tensorflow/tfjs-core";
import { UserError } from "../ui/error.js";
import { familyOf } from "./families.js";
import type { Architecture } from "./family.js";

type State = ReadonlyMap<string, Tensor>;

/** A family in GGUF. Configurations are a config.json on this side. */
export interface StoredForLlamaCpp {
  /** `general.architecture` of a file. */
  architecture: string;
  fromConfig(file: GGUFModel, ropeFactors?: Float32Array): Architecture;
  toConfig(json: Architecture): Map<string, MetadataValue>;
  toGGUF(state: State, json: Architecture): Map<string, Tensor>;
  fromGGUF(state: State, json: Architecture): Map<string, Tensor>;
  /** Parameters that llama.cpp has no tensors for, as metadata. */
  otherToMetadata?(state: State): Promise<Map<string, MetadataValue>>;
  /** And back: new tensors under our paths. */
  otherFromMetadata?(file: GGUFModel, json: Architecture): Map<string, Tensor>;
}

const bertOf = (json: Architecture) => bert.fromHuggingFaceConfig(json);
const bloomOf = (json: Architecture) => bloom.fromHuggingFaceConfig(json);
const chatglmOf = (json: Architecture) => chatglm.chatglm2FromHuggingFaceConfig(json);
const falconOf = (json: Architecture) => falcon.fromHuggingFaceConfig(json);
const gpt2Of = (json: Architecture) => ({ ...gpt2.fromHuggingFaceConfig(json), bias: json.bias !== false });
const llamaOf = (json: Architecture) => llama.fromHuggingFaceConfig(json);
const t5Of = (json: Architecture) => t5.fromHuggingFaceConfig(json);

const [PAD, END, START] = [
  "tokenizer.ggml.padding_token_id",
  "tokenizer.ggml.eos_token_id",
  "t5.decoder_start_token_id",
];

/** The tokens that T5 needs may be behind those of its tokenizer, where nothing else tells of them. */
function t5Metadata(json: Architecture): Map<string, MetadataValue> {
  const id = (key: string, usual: number): number => (json[key] as number | undefined) ?? usual;
  return t5
    .toGGUFConfig(t5Of(json), { startId: id("decoder_start_token_id", 0) })
    .set(PAD, uint32(id("pad_token_id", 0)))
    .set(END, uint32(id("eos_token_id", 1)));
}

function t5Ids(metadata: Metadata): Architecture {
  const read = readMetadata(metadata);
  const padId = read.number(PAD, 0);
  return {
    decoder_start_token_id: read.number(START, padId),
    pad_token_id: padId,
    eos_token_id: read.number(END, 1),
  };
}

/** What the packages of models have in common. */
interface InGGUF<C> {
  fromGGUFConfig(file: GGUFModel, factors?: Float32Array): C;
  toHuggingFaceConfig(config: C): Architecture;
  toGGUFConfig(config: C): Map<string, MetadataValue>;
  toGGUF(state: State, config: C): Map<string, Tensor>;
  fromGGUF(state: State, config: C): Map<string, Tensor>;
}

function storedBy<C>(architecture: string, model: InGGUF<C>, configOf: (json: Architecture) => C): StoredForLlamaCpp {
  return {
    architecture,
    fromConfig: (file, factors) => model.toHuggingFaceConfig(model.fromGGUFConfig(file, factors)),
    toConfig: (json) => model.toGGUFConfig(configOf(json)),
    toGGUF: (state, json) => model.toGGUF(state, configOf(json)),
    fromGGUF: (state, json) => model.fromGGUF(state, configOf(json)),
  };
}

const chatglm2 = {
  fromGGUFConfig: chatglm.chatglm2FromGGUFConfig,
  toHuggingFaceConfig: chatglm.chatglm2ToHuggingFaceConfig,
  toGGUFConfig: chatglm.chatglm2ToGGUFConfig,
  toGGUF: chatglm.chatglm2ToGGUF,
  fromGGUF: chatglm.chatglm2FromGGUF,
};

/** By the family's name. llama.cpp knows no ChatGLM-6B. */
const stored: Readonly<Record<string, StoredForLlamaCpp>> = {
  llama: storedBy("llama", llama, llamaOf),
  gpt2: storedBy("gpt2", gpt2, gpt2Of),
  falcon: storedBy("falcon", falcon, falconOf),
  bloom: storedBy("bloom", bloom, bloomOf),
  chatglm2: storedBy("chatglm", chatglm2, chatglmOf),
  bert: {
    ...storedBy("bert", bert, bertOf),
    otherToMetadata: bert.headToGGUF,
    otherFromMetadata: (file, json) => bert.headFromGGUF(file, bertOf(json)),
  },
  t5: {
    ...storedBy("t5", t5, t5Of),
    fromConfig: (file) => ({ ...t5.toHuggingFaceConfig(t5.fromGGUFConfig(file)), ...t5Ids(file.metadata) }),
    toConfig: t5Metadata,
  },
};

/** How a model is stored in GGUF. @throws UserError for a kind that is not */
export function ggufOf(json: Architecture): StoredForLlamaCpp {
  const { name } = familyOf(json);
  if (Object.hasOwn(stored, name)) return stored[name] as StoredForLlamaCpp;
  throw new UserError(`a ${name} cannot be stored as GGUF; ${Object.keys(stored).join(", ")} can`);
}

/** The same, by what a file says it is. @throws UserError for a kind that is not known */
export function ggufNamed(architecture: string): StoredForLlamaCpp {
  const found = Object.values(stored).find((each) => each.architecture === architecture);
  if (found) return found;
  const known = Object.values(stored).map((each) => each.architecture);
  throw new UserError(
    `models of the architecture ${JSON.stringify(architecture)} are not known; ${known.join(", ")} are`,
  );
}

const counts: Readonly<Record<string, (json: Architecture) => number>> = {
  bert: (json) => bert.bertParameterCount(bertOf(json), { head: "masked-lm" }),
  bloom: (json) => bloom.bloomParameterCount(bloomOf(json)),
  chatglm: (json) => chatglm.glmParameterCount(chatglm.glmFromHuggingFaceConfig(json)),
  chatglm2: (json) => chatglm.chatglm2ParameterCount(chatglmOf(json)),
  falcon: (json) => falcon.falconParameterCount(falconOf(json)),
  gpt2: (json) => gpt2.gpt2ParameterCount({ ...gpt2Of(json) }),
  llama: (json) => llama.llamaParameterCount(llamaOf(json)),
  t5: (json) => t5.t5ParameterCount(t5Of(json)),
};

/** How many parameters a config.json asks for, without making any. */
export function parameterCountOf(json: Architecture): number {
  return (counts[familyOf(json).name] as (json: Architecture) => number)(json);
}
