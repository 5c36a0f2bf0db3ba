// PEFT's adapter_config.json, written and read.
//
// Reading refuses what would change the numbers and is not implemented here, instead of loading an adapter wrongly.

import type { LoraConfig, ResolvedLoraConfig } from "./apply.js";
import type { LoraTargets } from "./targets.js";

/** The fields of adapter_config.json that describe a LoRA adapter. */
export interface PeftLoraConfig {
  peft_type: "LORA";
  task_type: string | null;
  base_model_name_or_path: string | null;
  r: number;
  lora_alpha: number;
  lora_dropout: number;
  target_modules: string[] | string;
  use_rslora: boolean;
  bias: "none";
  fan_in_fan_out: boolean;
  inference_mode: boolean;
  init_lora_weights: boolean;
  modules_to_save: null;
}

/**
 * The object to write as adapter_config.json.
 *
 * @param config as `LoraHandle.config`
 * @param options the model's name, for the reader of the file
 */
export function toPeftConfig(
  { rank, alpha, dropout, scaling, targets }: ResolvedLoraConfig,
  { baseModel = null }: { baseModel?: string | null } = {},
): PeftLoraConfig {
  return {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: baseModel,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: dropout,
    target_modules: toTargetModules(targets),
    use_rslora: scaling === "rslora",
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    modules_to_save: null,
  };
}

/**
 * The settings for `applyLora` from a parsed adapter_config.json.
 * @throws Error naming the field that is malformed or asks for what is not implemented
 */
export function fromPeftConfig(json: unknown): Required<Omit<LoraConfig, "random">> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new Error("fromPeftConfig: adapter_config.json must hold an object");
  }
  const fields = new Map(Object.entries(json));
  if (fields.get("peft_type") !== "LORA") {
    throw new Error(`fromPeftConfig: peft_type must be "LORA", got ${show(fields.get("peft_type"))}`);
  }
  for (const [name, isPlain] of refused) {
    const value = fields.get(name);
    if (!isPlain(value)) throw new Error(`fromPeftConfig: ${name} = ${show(value)} is not supported`);
  }
  const rank = number(fields, "r", 8);
  if (!Number.isInteger(rank) || rank < 1) throw new Error(`fromPeftConfig: r must be 1 or more, got ${rank}`);
  const dropout = number(fields, "lora_dropout", 0);
  if (dropout < 0 || dropout >= 1) throw new Error(`fromPeftConfig: lora_dropout must be in [0, 1), got ${dropout}`);
  return {
    rank,
    alpha: number(fields, "lora_alpha", 8),
    dropout,
    scaling: fields.get("use_rslora") === true ? "rslora" : "lora",
    targets: fromTargetModules(fields.get("target_modules")),
  };
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  (typeof value === "object" && Object.keys(value).length === 0);

/** Fields whose other values would change what the adapter computes. */
const refused: [name: string, isPlain: (value: unknown) => boolean][] = [
  ["bias", (value) => value === undefined || value === "none"],
  ...[
    "use_dora",
    "fan_in_fan_out",
    "lora_bias",
    "modules_to_save",
    "rank_pattern",
    "alpha_pattern",
    "layers_to_transform",
    "target_parameters",
    "trainable_token_indices",
    "exclude_modules",
    "layer_replication",
  ].map((name): [string, (value: unknown) => boolean] => [name, isEmpty]),
];

function number(fields: ReadonlyMap<string, unknown>, name: string, absent: number): number {
  const value = fields.get(name) ?? absent;
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new Error(`fromPeftConfig: ${name} must be a number, got ${show(value)}`);
  }
  return value;
}

/** PEFT takes a string as a regular expression that must match the whole path; ours may match a part of it. */
function toTargetModules(targets: LoraTargets): string[] | string {
  if (targets === "all-linear") return targets;
  if (!(targets instanceof RegExp)) return [...(targets as readonly string[])];
  return `${targets.ignoreCase ? "(?i)" : ""}.*(?:${targets.source}).*`;
}

function fromTargetModules(value: unknown): LoraTargets {
  if (value === "all-linear") return value;
  if (typeof value === "string") {
    const ignoreCase = value.startsWith("(?i)");
    try {
      return new RegExp(`^(?:${ignoreCase ? value.slice(4) : value})$`, ignoreCase ? "i" : "");
    } catch {
      throw new Error(
        `fromPeftConfig: target_modules ${show(value)} is not a regular expression that JavaScript knows`,
      );
    }
  }
  if (Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string" && name !== "")) {
    return value as string[];
  }
  throw new Error(`fromPeftConfig: target_modules must be names or a regular expression, got ${show(value)}`);
}

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? "nothing";
