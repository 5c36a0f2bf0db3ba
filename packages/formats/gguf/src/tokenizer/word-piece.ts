// WordPiece: tokenizer.ggml.model = "bert".
//
//   tokenizer.json   play ##ing    what goes on within a word is marked
//   llama.cpp        ▁play ing     what begins one is
//
// llama.cpp does BERT's normalizer and pre_tokenizer itself: it cleans text, and puts CJK ideographs and punctuation apart.
//
// Source: src/llama-vocab.cpp and conversion/bert.py of github.com/ggml-org/llama.cpp.

import { GGUFError } from "../error.js";
import { bool, type MetadataReader, type MetadataValue, string, uint32 } from "../metadata.js";
import { readRoles, roleMetadata } from "./around.js";
import { addedTokens, allIds, fileOf, type Json, nameOf, own, record, stepsOf, vocabularyIds } from "./json.js";
import {
  addedOf,
  readVocabulary,
  tokenTypes,
  type Vocabulary,
  vocabularyMetadata,
  vocabularyOf,
} from "./vocabulary.js";

const START = "▁";
const WITHIN = "##";

/** Metadata of WordPiece. `tokenTypeCount`: the kinds of texts that the model tells apart, BERT's A and B. */
export function wordPieceToGGUF(json: Json, vocabSize: number, tokenTypeCount: number): Map<string, MetadataValue> {
  const model = record(own(json, "model"), "model");
  const { lowercase, stripAccents } = bertText(json);
  const ids = vocabularyIds(model);
  const added = addedTokens(json);
  const all = allIds(ids, added);
  const prefix = nameOf(own(model, "continuing_subword_prefix") ?? WITHIN);
  const unknown = nameOf(own(model, "unk_token") ?? "[UNK]");
  if (prefix === "") throw new GGUFError("tokenizer.json: model.continuing_subword_prefix must not be empty");
  for (const token of ["[CLS]", "[SEP]", unknown])
    if (!all.has(token))
      throw new GGUFError(`tokenizer.json: the token ${token} is missing, without which llama.cpp does not encode`);
  const entries = [...ids].map(([token, id]) => {
    if (token === unknown) return { id, token, type: tokenTypes.control };
    return { id, token: stored(token, prefix), type: tokenTypes.normal };
  });
  const metadata = vocabularyMetadata("bert", vocabularyOf(entries, added, vocabSize));
  metadata.set("tokenizer.ggml.pre", string("default"));
  metadata.set("tokenizer.ggml.token_type_count", uint32(tokenTypeCount));
  metadata.set("tokenizer.ggml.normalizer.lowercase", bool(lowercase));
  metadata.set("tokenizer.ggml.normalizer.strip_accents", bool(stripAccents));
  const known = { unknown: all.get(unknown), bos: all.get("[CLS]"), seperator: all.get("[SEP]") };
  return new Map([...metadata, ...roleMetadata(json, all, known, "seperator")]);
}

/** What goes on within a word with ▁ would look like the start of one: it stays marked, and no text is found to have it. */
function stored(token: string, prefix: string): string {
  const rest = token.startsWith(prefix) ? token.slice(prefix.length) : "";
  if (rest === "") return START + token;
  return rest.startsWith(START) ? WITHIN + rest : rest;
}

function bertText(json: Json): { lowercase: boolean; stripAccents: boolean } {
  const [normalizer, more] = stepsOf(json, "normalizer");
  const [preTokenizer, another] = stepsOf(json, "pre_tokenizer");
  const theirs =
    normalizer?.type === "BertNormalizer" &&
    own(normalizer, "clean_text") !== false &&
    own(normalizer, "handle_chinese_chars") !== false &&
    preTokenizer?.type === "BertPreTokenizer";
  if (!theirs || more || another)
    throw new GGUFError(
      "tokenizer.json: WordPiece can be stored with BertNormalizer, clean_text and handle_chinese_chars on, and BertPreTokenizer; llama.cpp has no other stages for it",
    );
  const lowercase = own(normalizer, "lowercase") !== false;
  return { lowercase, stripAccents: (own(normalizer, "strip_accents") ?? lowercase) === true };
}

/** A tokenizer.json of WordPiece. */
export function wordPieceFromGGUF(read: MetadataReader): Json {
  const vocabulary = readVocabulary(read);
  const defaults = {
    ids: { bos: 101, unknown: 100, seperator: 102 },
    ...{ addBos: true, addEos: false, addSep: true },
  };
  const { ids, postProcessor } = readRoles(read, vocabulary, defaults);
  const unknown = ids.get("unknown");
  if (unknown === undefined)
    throw new GGUFError('metadata "tokenizer.ggml.unknown_token_id" must be the id of a token');
  const special = new Set(ids.values());
  const lowercase = read.boolean("tokenizer.ggml.normalizer.lowercase", true);
  const normalizer = {
    ...{ type: "BertNormalizer", clean_text: true, handle_chinese_chars: true },
    strip_accents: read.boolean("tokenizer.ggml.normalizer.strip_accents", lowercase),
    lowercase,
  };
  const model = {
    ...{ type: "WordPiece", unk_token: vocabulary.tokens[unknown], continuing_subword_prefix: WITHIN },
    // What BERT's have; llama.cpp knows no limit.
    max_input_chars_per_word: 100,
    vocab: marked(vocabulary, special),
  };
  const decoder = { type: "WordPiece", prefix: WITHIN, cleanup: true };
  const stages = { normalizer, pre_tokenizer: { type: "BertPreTokenizer" }, post_processor: postProcessor, decoder };
  return fileOf(stages, addedOf(vocabulary, special), model);
}

function marked({ tokens, types }: Vocabulary, special: ReadonlySet<number>): Record<string, number> {
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) {
    const type = types[id] as number;
    if (type === tokenTypes.unused) continue;
    const ordinary = (type === tokenTypes.normal || type === tokenTypes.undefined) && !special.has(id);
    const written = ordinary ? markedText(token) : token;
    const twin = ids.get(written);
    if (twin !== undefined)
      throw new GGUFError(`metadata "tokenizer.ggml.tokens": ${twin} and ${id} are both ${JSON.stringify(written)}`);
    ids.set(written, id);
  }
  return Object.fromEntries(ids);
}

function markedText(token: string): string {
  // Older files have [unused1] as it is.
  if (/^\[.+\]$/.test(token) || (token.startsWith(WITHIN) && token.length > WITHIN.length)) return token;
  return token.startsWith(START) && token.length > START.length ? token.slice(START.length) : WITHIN + token;
}
