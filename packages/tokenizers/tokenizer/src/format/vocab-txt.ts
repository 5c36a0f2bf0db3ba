// BERT's vocab.txt: a token a line, its id the number of the line.

import { formatVocabTxt, parseVocabTxt, WordPiece } from "@llm/wordpiece";
import { TokenizerError } from "../error.js";
import { WordPieceModel } from "../model/word-piece.js";
import { bertStages } from "../stage/bert.js";
import { Tokenizer } from "../tokenizer.js";
import { wrapErrors } from "../wrap-errors.js";

/** What vocab.txt does not say. */
export interface FromVocabTxtOptions {
  /** Whether text is put in lower case, without accents; default: whether no token has a capital outside of brackets. */
  lowercase?: boolean;
}

/** From the text of a vocab.txt: BERT's pipeline. Throws TokenizerError. */
export function tokenizerFromVocabTxt(text: string, { lowercase }: FromVocabTxtOptions = {}): Tokenizer {
  return wrapErrors("vocab.txt", () => {
    const vocabulary = [...parseVocabTxt(text)];
    const ids = new Map(vocabulary);
    const model = new WordPieceModel(new WordPiece({ vocabulary }));
    const uncased = lowercase ?? !vocabulary.some(([token]) => !token.startsWith("[") && /\p{Lu}/u.test(token));
    return new Tokenizer({ model, ...bertStages(uncased, ids) });
  });
}

/** The text of a vocab.txt; the stages around have no place in it. Throws TokenizerError. */
export function tokenizerToVocabTxt(tokenizer: Tokenizer): string {
  if (!(tokenizer.model instanceof WordPieceModel))
    throw new TokenizerError("vocab.txt: only WordPiece can be written");
  return wrapErrors("vocab.txt", () =>
    formatVocabTxt(
      Array.from({ length: tokenizer.vocabSize }, (_, id) => [tokenizer.idToToken(id) ?? missing(id), id]),
    ),
  );
}

function missing(id: number): never {
  throw new TokenizerError(`vocab.txt: no token has the id ${id}, and lines leave no gaps`);
}
