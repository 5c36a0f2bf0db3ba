// A Hugging Face tokenizer.json as metadata of llama.cpp, and back. Each kind has a file of its own.
//
//   tokenizer.ggml.model   "gpt2"    BPE on bytes, and characters       byte-level.ts
//                          "llama"   BPE on characters, bytes for rest  sentencepiece-bpe.ts
//                          "t5"      Unigram                            unigram.ts
//                          "bert"    WordPiece                          word-piece.ts
//
// The file as it was goes along under tokenizer.huggingface.json, so nothing is lost on the way back; a file without it
// is rebuilt from the vocabulary.
//
// Source: src/llama-vocab.cpp and convert_hf_to_gguf.py of github.com/ggml-org/llama.cpp.

import { GGUFError } from "../error.js";
import { type Metadata, type MetadataReader, type MetadataValue, readMetadata, string } from "../metadata.js";
import { byteLevelFromGGUF, byteLevelToGGUF } from "./byte-level.js";
import { addedTokens, type Json, nameOf, own, record, regexOf, stepsOf } from "./json.js";
import { sentencePieceBpeFromGGUF, sentencePieceBpeToGGUF } from "./sentencepiece-bpe.js";
import { unigramFromGGUF, unigramToGGUF } from "./unigram.js";
import { quoted } from "./vocabulary.js";
import { wordPieceFromGGUF, wordPieceToGGUF } from "./word-piece.js";

const HF_JSON = "tokenizer.huggingface.json";

/** Options of `tokenizerToGGUF`. */
export interface TokenizerOptions {
  /** Rows of the model's embedding, when there are more than tokens. */
  vocabSize?: number;
  /** For WordPiece: how many kinds of texts the model tells apart; default 2, BERT's. */
  tokenTypeCount?: number;
}

/**
 * Metadata of a tokenizer.
 *
 * @param json a parsed tokenizer.json
 * @throws GGUFError for a kind, or stages around it, that llama.cpp cannot be told of
 */
export function tokenizerToGGUF(
  json: Json,
  { vocabSize = 0, tokenTypeCount = 2 }: TokenizerOptions = {},
): Map<string, MetadataValue> {
  const write = {
    "byte-level": () => byteLevelToGGUF(json, vocabSize),
    BPE: () => sentencePieceBpeToGGUF(json, vocabSize),
    Unigram: () => unigramToGGUF(json, vocabSize),
    WordPiece: () => wordPieceToGGUF(json, vocabSize, tokenTypeCount),
  }[kindOf(json)];
  return write().set(HF_JSON, string(JSON.stringify(json)));
}

function kindOf(json: Json): "byte-level" | "BPE" | "Unigram" | "WordPiece" {
  const model = record(own(json, "model"), "model");
  const type = own(model, "type") ?? "BPE";
  if (type === "Unigram" || type === "WordPiece") return type;
  if (type !== "BPE")
    throw new GGUFError(`tokenizer.json: model.type ${nameOf(type)} is not known; BPE, Unigram and WordPiece are`);
  const steps = stepsOf(json, "pre_tokenizer");
  const onBytes = steps.some((step) => own(step, "type") === "ByteLevel" || regexOf(step) !== undefined);
  return onBytes ? "byte-level" : "BPE";
}

const readers: Readonly<Record<string, (read: MetadataReader) => Json>> = {
  gpt2: byteLevelFromGGUF,
  llama: sentencePieceBpeFromGGUF,
  t5: unigramFromGGUF,
  bert: wordPieceFromGGUF,
};

/**
 * A tokenizer.json from a file's metadata, for JSON.stringify.
 * @throws GGUFError for a kind that is not known, and for metadata that is missing or contradicts itself
 */
export function tokenizerFromGGUF(metadata: Metadata): Json {
  const read = readMetadata(metadata);
  const kind = read.text("tokenizer.ggml.model");
  if (read.has(HF_JSON)) return checked(parsed(read.text(HF_JSON)), read.texts("tokenizer.ggml.tokens").length);
  if (Object.hasOwn(readers, kind)) return (readers[kind] as (read: MetadataReader) => Json)(read);
  throw new GGUFError(`tokenizers of the kind ${quoted(kind)} cannot be read; ${Object.keys(readers).join(", ")} can`);
}

/** The file that goes along must not speak of tokens that the model does not have. */
function checked(json: Json, tokens: number): Json {
  const vocab = own(record(own(json, "model"), "model"), "vocab");
  const ids = addedTokens(json).map(({ id }) => id);
  if (Array.isArray(vocab)) ids.push(vocab.length - 1);
  else for (const id of Object.values(record(vocab, "model.vocab"))) ids.push(typeof id === "number" ? id : Number.NaN);
  const wrong = ids.find((id) => !(id < tokens));
  if (wrong === undefined) return json;
  throw new GGUFError(`metadata "${HF_JSON}" has a token with the id ${wrong}, but the file has ${tokens} tokens`);
}

function parsed(text: string): Json {
  try {
    return record(JSON.parse(text), "the file");
  } catch (cause) {
    if (cause instanceof GGUFError) throw cause;
    throw new GGUFError(`metadata "${HF_JSON}" is not valid JSON`, { cause });
  }
}
