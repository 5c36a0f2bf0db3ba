import { expect, test } from "vitest";
import { applyLora, fromPeftConfig, toPeftConfig } from "../src/index.js";
import { Model } from "./model.js";

// What PEFT 0.13 writes, shortened to the fields of a LoRA adapter.
const written = {
  alpha_pattern: {},
  auto_mapping: null,
  base_model_name_or_path: "meta-llama/Llama-3.2-1B",
  bias: "none",
  fan_in_fan_out: false,
  inference_mode: true,
  init_lora_weights: true,
  layer_replication: null,
  layers_pattern: null,
  layers_to_transform: null,
  loftq_config: {},
  lora_alpha: 32,
  lora_dropout: 0.05,
  megatron_config: null,
  modules_to_save: null,
  peft_type: "LORA",
  r: 16,
  rank_pattern: {},
  revision: null,
  target_modules: ["q_proj", "v_proj"],
  task_type: "CAUSAL_LM",
  use_dora: false,
  use_rslora: true,
};

test("reads what PEFT writes", () => {
  expect(fromPeftConfig(written)).toEqual({
    rank: 16,
    alpha: 32,
    dropout: 0.05,
    scaling: "rslora",
    targets: ["q_proj", "v_proj"],
  });
});

test("what is absent has PEFT's defaults, not ours", () => {
  expect(fromPeftConfig({ peft_type: "LORA", target_modules: "all-linear" })).toEqual({
    rank: 8,
    alpha: 8,
    dropout: 0,
    scaling: "lora",
    targets: "all-linear",
  });
});

test("writes what it reads", () => {
  const { config } = applyLora(new Model(), { rank: 4, targets: ["q_proj"], dropout: 0.1 });
  const file = JSON.parse(JSON.stringify(toPeftConfig(config, { baseModel: "mine" })));
  expect(file).toMatchObject({ peft_type: "LORA", r: 4, lora_alpha: 8, base_model_name_or_path: "mine" });
  expect(fromPeftConfig(file)).toEqual(config);
});

test.each([/q_proj|v_proj/, /^layers\.1\./, /Q_PROJ$/i, /^layers\.0\.q_proj$|layers\.1\.v/])(
  "%s chooses the same layers after a trip through the file, as a full match too",
  (targets) => {
    const { config, layers } = applyLora(new Model(), { rank: 1, targets });
    const file = toPeftConfig(config);
    const read = fromPeftConfig(JSON.parse(JSON.stringify(file)));
    expect([...applyLora(new Model(), read).layers.keys()]).toEqual([...layers.keys()]);
    // PEFT asks for a match of the whole path.
    const source = (file.target_modules as string).replace("(?i)", "");
    const full = new RegExp(`^(?:${source})$`, targets.flags);
    for (const path of layers.keys()) expect(full.test(path)).toBe(true);
  },
);

test.each([
  [null, "must hold an object"],
  [[], "must hold an object"],
  ["LORA", "must hold an object"],
  [{ ...written, peft_type: "IA3" }, 'peft_type must be "LORA", got "IA3"'],
  [{}, "got nothing"],
  [{ ...written, bias: "all" }, 'bias = "all" is not supported'],
  [{ ...written, use_dora: true }, "use_dora = true is not supported"],
  [{ ...written, rank_pattern: { q_proj: 4 } }, 'rank_pattern = {"q_proj":4} is not supported'],
  [{ ...written, modules_to_save: ["lm_head"] }, "modules_to_save"],
  [{ ...written, fan_in_fan_out: true }, "fan_in_fan_out"],
  [{ ...written, r: 0 }, "r must be 1 or more, got 0"],
  [{ ...written, r: "16" }, 'r must be a number, got "16"'],
  [{ ...written, lora_dropout: 1 }, "lora_dropout must be in [0, 1), got 1"],
  [{ ...written, lora_alpha: {} }, "lora_alpha must be a number, got {}"],
  [{ ...written, target_modules: [] }, "target_modules must be names or a regular expression, got []"],
  [{ ...written, target_modules: [3] }, "target_modules must be names"],
  [{ ...written, target_modules: null }, "got null"],
  [{ ...written, target_modules: "(" }, "is not a regular expression"],
])("refuses %j", (json, message) => {
  expect(() => fromPeftConfig(json)).toThrow(message);
});
