// BERT's `vocab.txt`: a token a line, its id the number of the line, from 0.

import { WordPieceError } from "./error.js";

/** The tokens and ids in the text of a `vocab.txt`. Throws WordPieceError naming a line that is empty. */
export function parseVocabTxt(text: string): [token: string, id: number][] {
  const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  if (lines.at(-1) === "") lines.pop();
  return lines.map((token, id) => {
    if (token === "") throw new WordPieceError(`parseVocabTxt: line ${id + 1} is empty; each line must hold a token`);
    return [token, id];
  });
}

/** The text of a `vocab.txt`. Throws WordPieceError unless the ids are 0, 1, 2, … without a gap, and for a token with a line break. */
export function formatVocabTxt(tokens: Iterable<readonly [token: string, id: number]>): string {
  const sorted = [...tokens].sort((a, b) => a[1] - b[1]);
  return sorted
    .map(([token, id], line) => {
      if (id !== line)
        throw new WordPieceError(`formatVocabTxt: no token has the id ${line}, and lines cannot be left out`);
      if (/[\r\n]/.test(token) || token === "") {
        throw new WordPieceError(`formatVocabTxt: a line cannot hold the token ${JSON.stringify(token)}`);
      }
      return `${token}\n`;
    })
    .join("");
}
