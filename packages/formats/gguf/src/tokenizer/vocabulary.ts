// The tokens of a vocabulary, by id, as llama.cpp keeps them whatever kind they are of.
//
// llama.cpp finds tokens by their text alone, so that no text may stand twice; it ends the process where one does.

import { GGUFError } from "../error.js";
import { type MetadataReader, type MetadataValue, numbers, string, strings } from "../metadata.js";
import { type AddedToken, nameOf } from "./json.js";

/** Kinds of tokens, as llama.cpp numbers them. */
export const tokenTypes = {
  undefined: 0,
  normal: 1,
  unknown: 2,
  control: 3,
  userDefined: 4,
  unused: 5,
  byte: 6,
} as const;

/** A token on its way into a file. */
export interface Entry {
  id: number;
  token: string;
  type: number;
  score?: number;
}

/** The tokens of a file. */
export interface Vocabulary {
  tokens: string[];
  types: number[];
  /** Of kinds that have them. */
  scores: number[];
}

/** More ids than any vocabulary has. */
const mostTokens = 2 ** 24;
/** What llama.cpp's converter gives ids that no token has: below all others. */
const paddingScore = -10000;

/**
 * The tokens by id; ids that none has, up to the `vocabSize` of the model, are padding of its embedding.
 * @throws GGUFError for ids that are none, that two tokens have or the model lacks, and for a text that stands twice
 */
export function vocabularyOf(entries: readonly Entry[], added: readonly AddedToken[], vocabSize: number): Vocabulary {
  const all = [...entries, ...added];
  const wrong = all.find(({ id }) => !Number.isSafeInteger(id) || id < 0 || id >= mostTokens);
  if (wrong) throw new GGUFError(`tokenizer.json: ${nameOf(wrong.id)} is no id of a token`);
  const size = Math.max(vocabSize, all.reduce((a, { id }) => Math.max(a, id), -1) + 1);
  if (vocabSize > 0 && size > vocabSize)
    throw new GGUFError(`the tokenizer has ids up to ${size - 1}, but the model has only ${vocabSize} tokens`);
  const found = new Array<Entry | undefined>(size).fill(undefined);
  for (const entry of entries) {
    const twin = found[entry.id];
    if (twin)
      throw new GGUFError(`tokenizer.json: ${quoted(twin.token)} and ${quoted(entry.token)} have the id ${entry.id}`);
    found[entry.id] = entry;
  }
  for (const { id, content, special } of added) {
    const before = found[id];
    // What stands for unknown text stays that.
    const type =
      before?.type === tokenTypes.unknown ? before.type : special ? tokenTypes.control : tokenTypes.userDefined;
    found[id] = { id, token: content, type, score: before?.score };
  }
  return padded(found);
}

function padded(found: readonly (Entry | undefined)[]): Vocabulary {
  const ids = new Map<string, number>();
  for (const entry of found) {
    if (!entry) continue;
    const twin = ids.get(entry.token);
    if (twin !== undefined)
      throw new GGUFError(
        `tokenizer.json: the tokens ${twin} and ${entry.id} are both ${quoted(entry.token)} to llama.cpp, which cannot tell them apart`,
      );
    ids.set(entry.token, entry.id);
  }
  const padding = (id: number): string => {
    let token = `[PAD${id}]`;
    while (ids.has(token)) token += "_";
    return token;
  };
  return {
    tokens: found.map((entry, id) => entry?.token ?? padding(id)),
    types: found.map((entry) => entry?.type ?? tokenTypes.unused),
    // As the file will have them.
    scores: found.map((entry) => Math.fround(entry ? (entry.score ?? 0) : paddingScore)),
  };
}

/** Metadata that all kinds have. */
export function vocabularyMetadata(model: string, { tokens, types }: Vocabulary): Map<string, MetadataValue> {
  return new Map([
    ["tokenizer.ggml.model", string(model)],
    ["tokenizer.ggml.tokens", strings(tokens)],
    ["tokenizer.ggml.token_type", numbers("int32", types)],
  ]);
}

/** Reads the tokens of a file. @throws GGUFError for lists that disagree, and values that are not what they should be */
export function readVocabulary(read: MetadataReader): Vocabulary {
  // llama.cpp's own name for a token without text.
  const tokens = read.texts("tokenizer.ggml.tokens").map((token, id) => (token === "" ? `[EMPTY_${id}]` : token));
  if (tokens.length === 0 || tokens.length > mostTokens)
    throw new GGUFError(
      `metadata "tokenizer.ggml.tokens" has ${tokens.length} tokens; 1 to ${mostTokens} are possible`,
    );
  const listed = (key: string, fallback: number): number[] => {
    if (!read.has(key)) return new Array(tokens.length).fill(fallback);
    const values = [...read.numbers(key)];
    if (values.length === tokens.length) return values;
    throw new GGUFError(`metadata "${key}" has ${values.length} values for ${tokens.length} tokens`);
  };
  const types = listed("tokenizer.ggml.token_type", tokenTypes.normal);
  const scores = listed("tokenizer.ggml.scores", 0);
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) {
    const [type, score] = [types[id] as number, scores[id] as number];
    if (!Number.isInteger(type) || type < 0 || type > tokenTypes.byte)
      throw new GGUFError(`metadata "tokenizer.ggml.token_type": token ${id} has the type ${type}; there are 0 to 6`);
    if (!Number.isFinite(score))
      throw new GGUFError(`metadata "tokenizer.ggml.scores": token ${id} has the score ${score}, which is no number`);
    const twin = ids.get(token);
    if (twin !== undefined)
      throw new GGUFError(`metadata "tokenizer.ggml.tokens": ${quoted(token)} is there twice, as ${twin} and ${id}`);
    ids.set(token, id);
  }
  return { tokens, types, scores };
}

/** The tokens of a file that tokenizer.json lists as added: all that are no ordinary text. */
export function addedOf({ tokens, types }: Vocabulary, alsoSpecial: ReadonlySet<number> = new Set()): AddedToken[] {
  return tokens.flatMap((content, id) => {
    const type = types[id];
    const special = type === tokenTypes.control || type === tokenTypes.unknown || alsoSpecial.has(id);
    return special || type === tokenTypes.userDefined ? [{ content, id, special }] : [];
  });
}

/** A text as a message shows it. */
export const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
