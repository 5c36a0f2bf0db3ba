// Tokenizers of published models as llama.cpp's own tests have them: vocabularies in GGUF, texts, and the ids that the models'
// own tokenizers give. They lie in the copy of llama.cpp's sources that node-llama-cpp brings along.

import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

/** A vocabulary, and what its model's own tokenizer makes of texts. */
export interface PublishedVocabulary {
  gguf: Uint8Array;
  samples: { text: string; ids: number[] }[];
}

/** Unpacks the sources into `folder`, which takes seconds; returns what reads vocabularies from them by name. */
export function publishedVocabularies(folder: string): (name: string, samples: boolean) => PublishedVocabulary {
  const entry = createRequire(import.meta.url).resolve("node-llama-cpp");
  const bundle = join(entry, "..", "..", "llama", "gitRelease.bundle");
  const git = (...args: string[]): Buffer => execFileSync("git", args, { maxBuffer: 2 ** 26 });
  git("clone", "--quiet", "--bare", bundle, folder);
  const file = (name: string): Buffer => git("--git-dir", folder, "show", `HEAD:models/ggml-vocab-${name}`);
  const samplesOf = (name: string): PublishedVocabulary["samples"] => {
    const texts = file(`${name}.gguf.inp`).toString("utf8").split("\n__ggml_vocab_test__\n");
    const lines = file(`${name}.gguf.out`).toString("utf8").trimEnd().split("\n");
    return texts.map((text, i) => ({ text, ids: (lines[i]?.match(/\d+/g) ?? []).map(Number) }));
  };
  return (name, samples) => ({
    gguf: new Uint8Array(file(`${name}.gguf`)),
    samples: samples ? samplesOf(name) : [],
  });
}
