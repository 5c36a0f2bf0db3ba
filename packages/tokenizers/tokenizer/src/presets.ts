// The tokenizers of well-known models as configurations: what kind they are, and what stands around the vocabulary. Train one
// on text of your own, or load the model's own file with what reads it.
//
// Sources: Radford et al. 2019 (GPT-2); Touvron et al. 2023, arXiv:2302.13971 and 2307.09288 (LLaMA); Dubey et al. 2024,
// arXiv:2407.21783 (LLaMA 3); Almazrouei et al. 2023, arXiv:2311.16867 (Falcon); Devlin et al. 2019, arXiv:1810.04805
// (BERT); Raffel et al. 2020, arXiv:1910.10683 (T5); Zeng et al. 2022, arXiv:2210.02414, and the configuration of
// ChatGLM2-6B. Vocabulary sizes are those of the published configurations.

import { TokenizerError } from "./error.js";
import { postProcessor } from "./post-processor.js";
import { Tokenizer } from "./tokenizer.js";
import type { Texts, TrainTokenizerOptions } from "./train/options.js";
import { trainTokenizer } from "./train.js";

/** A model's tokenizer. */
export interface TokenizerPreset {
  /** The model. */
  title: string;
  /** Tokens of the published model, rows that no token uses included. */
  vocabSize: number;
  /** How to train one. */
  options: Omit<TrainTokenizerOptions, "vocabSize" | "onProgress">;
  /** Special tokens before a text, and after it. */
  around: readonly [before: readonly string[], after: readonly string[]];
  /** The format of the published file. */
  file: string;
}

/** The models whose tokenizers are known by name. */
export type TokenizerPresetName = "llama" | "llama3" | "chatglm" | "falcon" | "gpt2" | "bert" | "t5";

/** The presets, by model. */
export const tokenizerPresets: Readonly<Record<TokenizerPresetName, TokenizerPreset>> = {
  llama: {
    title: "LLaMA 1, 2",
    vocabSize: 32_000,
    options: { kind: "character-bpe", specialTokens: ["<s>", "</s>"] },
    around: [["<s>"], []],
    file: "tokenizer.model",
  },
  llama3: {
    title: "LLaMA 3",
    vocabSize: 128_256,
    options: { kind: "bpe", pattern: "llama3", specialTokens: ["<|begin_of_text|>", "<|end_of_text|>"] },
    around: [["<|begin_of_text|>"], []],
    file: "tokenizer.json, .tiktoken",
  },
  chatglm: {
    title: "ChatGLM2",
    vocabSize: 65_024,
    options: { kind: "character-bpe", specialTokens: ["<s>", "</s>", "[MASK]", "[gMASK]", "[sMASK]", "sop", "eop"] },
    around: [["[gMASK]", "sop"], []],
    file: "tokenizer.model",
  },
  falcon: {
    title: "Falcon",
    vocabSize: 65_024,
    options: { kind: "bpe", pattern: "falcon", specialTokens: ["<|endoftext|>"] },
    around: [[], []],
    file: "tokenizer.json",
  },
  gpt2: {
    title: "GPT-2",
    vocabSize: 50_257,
    options: { kind: "bpe", pattern: "gpt2", specialTokens: ["<|endoftext|>"] },
    around: [[], []],
    file: "vocab.json, merges.txt",
  },
  bert: {
    title: "BERT",
    vocabSize: 30_522,
    options: { kind: "wordpiece" },
    around: [["[CLS]"], ["[SEP]"]],
    file: "vocab.txt",
  },
  t5: {
    title: "T5",
    vocabSize: 32_100,
    options: {
      kind: "unigram",
      normalizers: ["Nmt", "NFKC"],
      byteFallback: false,
      specialTokens: ["<pad>", "</s>", "<extra_id_0>", "<extra_id_1>"],
    },
    around: [[], ["</s>"]],
    file: "spiece.model",
  },
};

/** Learns a tokenizer of a model's kind from texts. Throws TokenizerError. */
export async function trainPreset(
  name: TokenizerPresetName,
  texts: Texts,
  { vocabSize, onProgress }: Pick<TrainTokenizerOptions, "vocabSize" | "onProgress"> = {},
): Promise<Tokenizer> {
  if (!Object.hasOwn(tokenizerPresets, name)) {
    const known = Object.keys(tokenizerPresets).join(", ");
    throw new TokenizerError(`trainPreset: there is no preset ${JSON.stringify(name)}; there are ${known}`);
  }
  const preset = tokenizerPresets[name];
  const trained = await trainTokenizer(texts, {
    ...preset.options,
    vocabSize: vocabSize ?? preset.vocabSize,
    onProgress,
  });
  return new Tokenizer({ ...trained, addedTokens: trained.addedTokens, postProcessor: template(trained, preset) });
}

function template(
  { specialTokens }: Tokenizer,
  { around: [before, after] }: TokenizerPreset,
): Tokenizer["postProcessor"] {
  if (before.length + after.length === 0) return postProcessor(null);
  const special = (token: string, typeId: number): object => ({ SpecialToken: { id: token, type_id: typeId } });
  const text = (id: "A" | "B", typeId: number): object => ({ Sequence: { id, type_id: typeId } });
  const wrap = (middle: object, typeId: number, opening: readonly string[]): object[] => [
    ...opening.map((token) => special(token, typeId)),
    middle,
    ...after.map((token) => special(token, typeId)),
  ];
  const single = wrap(text("A", 0), 0, before);
  // A second text goes behind the first; what opens a text opens both but once where something closes the first.
  const second = wrap(text("B", 1), 1, after.length > 0 ? [] : before);
  const tokens = [...new Set([...before, ...after])];
  return postProcessor({
    type: "TemplateProcessing",
    single,
    pair: [...single, ...second],
    special_tokens: Object.fromEntries(
      tokens.map((token) => [token, { id: token, ids: [specialTokens.get(token)], tokens: [token] }]),
    ),
  });
}
