// A Hugging Face tokenizer.json as metadata of llama.cpp, and back.
//
//   BPE on bytes        tokenizer.ggml.model = "gpt2", with merges, and in .pre the name of how text is cut up
//   characters          the same: those of several bytes get the merges that join them
//
// The file as it was goes along under tokenizer.huggingface.json, so nothing is lost on the way back; a file without it
// is rebuilt from the vocabulary. llama.cpp knows some expressions by name, and others it cannot be told of.
// Source: src/llama-vocab.cpp and convert_hf_to_gguf.py of github.com/ggml-org/llama.cpp.

import { byteLevelText } from "./byte-level.js";
import { GGUFError } from "./error.js";
import { bool, type Metadata, type MetadataValue, readMetadata, string, strings } from "./metadata.js";
import { byteLevelJson, patternName } from "./tokenizer-json.js";
import { emptyVocabulary, tokenTypes, type Vocabulary, vocabularyMetadata } from "./tokenizer-types.js";

type Json = Readonly<Record<string, unknown>>;

const HF_JSON = "tokenizer.huggingface.json";

/** Options of `tokenizerToGGUF`. */
export interface TokenizerOptions {
  /** Rows of the model's embedding, when there are more than tokens. */
  vocabSize?: number;
}

/**
 * Metadata of a tokenizer.
 *
 * @param json a parsed tokenizer.json
 * @throws GGUFError for a kind, or an expression, that llama.cpp cannot be told of
 */
export function tokenizerToGGUF(json: Json, { vocabSize = 0 }: TokenizerOptions = {}): Map<string, MetadataValue> {
  const model = record(own(json, "model"), "model");
  const kind = own(model, "type") ?? "BPE";
  if (kind !== "BPE" || own(model, "byte_fallback") === true)
    throw new GGUFError(`tokenizer.json: model.type ${String(kind)} cannot be stored yet; byte-level BPE can`);
  const ids = new Map(Object.entries(record(own(model, "vocab"), "model.vocab")) as [string, number][]);
  const added = addedTokens(json);
  const pattern = patternName(own(json, "pre_tokenizer"), own(model, "ignore_merges") === true);
  const merges = mergesOf(own(model, "merges"));
  if (pattern === "characters") {
    for (const token of ids.keys()) if (!added.some(({ content }) => content === token)) merges.push(...joins(token));
  }
  const written = pattern === "characters" ? byteLevelText : (token: string) => token;
  const vocabulary = fill(ids, added, vocabSize, written);
  const names = new Map([...ids, ...added.map(({ content, id }) => [content, id] as const)]);
  const metadata = vocabularyMetadata("gpt2", vocabulary, names);
  metadata.set("tokenizer.ggml.pre", string(pattern === "characters" ? "gpt-2" : pattern));
  metadata.set("tokenizer.ggml.merges", strings(merges));
  metadata.set("tokenizer.ggml.add_bos_token", bool(own(json, "post_processor") ? addsFirst(json) : false));
  return metadata.set(HF_JSON, string(JSON.stringify(json)));
}

/**
 * A tokenizer.json from a file's metadata, for JSON.stringify.
 * @throws GGUFError for a kind that is not known, or metadata that is missing
 */
export function tokenizerFromGGUF(metadata: Metadata): Json {
  const read = readMetadata(metadata);
  const kind = read.text("tokenizer.ggml.model");
  if (read.has(HF_JSON)) return parsed(read.text(HF_JSON));
  if (kind !== "gpt2") throw new GGUFError(`tokenizers of the kind ${JSON.stringify(kind)} cannot be read; "gpt2" can`);
  const tokens = read.texts("tokenizer.ggml.tokens");
  const types = read.has("tokenizer.ggml.token_type") ? read.numbers("tokenizer.ggml.token_type") : [];
  return byteLevelJson({
    tokens,
    types,
    merges: read.texts("tokenizer.ggml.merges"),
    pre: read.text("tokenizer.ggml.pre", "gpt-2"),
  });
}

interface Added {
  content: string;
  id: number;
  special: boolean;
}

function fill(
  ids: ReadonlyMap<string, number>,
  added: readonly Added[],
  vocabSize: number,
  written: (token: string) => string,
): Vocabulary {
  const all = [...ids.values(), ...added.map(({ id }) => id)];
  const wrong = all.find((id) => !Number.isSafeInteger(id) || id < 0 || id > 2 ** 24);
  if (wrong !== undefined) throw new GGUFError(`tokenizer.json: ${String(wrong)} is no id of a token`);
  const size = Math.max(vocabSize, all.reduce((a, b) => Math.max(a, b), -1) + 1);
  if (vocabSize > 0 && size > vocabSize)
    throw new GGUFError(`the tokenizer has ids up to ${size - 1}, but the model has only ${vocabSize} tokens`);
  const vocabulary = emptyVocabulary(size);
  for (const [token, id] of ids) {
    vocabulary.tokens[id] = written(token);
    vocabulary.types[id] = tokenTypes.normal;
  }
  for (const { content, id, special } of added) {
    vocabulary.tokens[id] = content;
    vocabulary.types[id] = special ? tokenTypes.control : tokenTypes.userDefined;
  }
  return vocabulary;
}

function addedTokens(json: Json): Added[] {
  const list = own(json, "added_tokens") ?? [];
  if (!Array.isArray(list)) throw new GGUFError("tokenizer.json: added_tokens must be an array");
  return list.map((each, i) => {
    const { content, id, special } = record(each, `added_tokens[${i}]`);
    if (typeof content === "string" && typeof id === "number") return { content, id, special: special === true };
    throw new GGUFError(`tokenizer.json: added_tokens[${i}] must have a content and an id`);
  });
}

/** Merges are "left right", or ["left", "right"] in files since 2024. */
function mergesOf(list: unknown): string[] {
  if (!Array.isArray(list)) throw new GGUFError("tokenizer.json: model.merges must be an array");
  return list.map((merge, i) => {
    if (typeof merge === "string") return merge;
    if (Array.isArray(merge) && merge.length === 2) return merge.join(" ");
    throw new GGUFError(`tokenizer.json: model.merges[${i}] must be two tokens`);
  });
}

/** The merges that join a character's bytes, first to last. */
function joins(character: string): string[] {
  const bytes = byteLevelText(character);
  return Array.from({ length: bytes.length - 1 }, (_, i) => `${bytes.slice(0, i + 1)} ${bytes[i + 1]}`);
}

/** Whether the post-processor puts a token before each text. */
function addsFirst(json: Json): boolean {
  const processor = JSON.stringify(own(json, "post_processor"));
  return /"single":\[\{"SpecialToken"/.test(processor);
}

function parsed(text: string): Json {
  try {
    return record(JSON.parse(text), "the file");
  } catch (cause) {
    if (cause instanceof GGUFError) throw cause;
    throw new GGUFError(`metadata "${HF_JSON}" is not valid JSON`, { cause });
  }
}

const own = (json: Json, key: string): unknown => (Object.hasOwn(json, key) ? (json[key] ?? undefined) : undefined);

function record(value: unknown, path: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new GGUFError(`tokenizer.json: ${path} must be an object`);
}
