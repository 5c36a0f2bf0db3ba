// Instructions from the same text: what a declaration does → how it is written.

import { writeFile } from "node:fs/promises";
import { Random } from "@llm/random";
import type { Example, Piece } from "./declarations.js";

/** The pieces that train, and those held out; drawn by their names, so the same on every machine. */
export function splitPieces(pieces: readonly Piece[], share: number): { train: Piece[]; heldOut: Piece[] } {
  const drawn = pieces.map((piece) => new Random(7).fork(piece.id).uniform() < share);
  return { train: pieces.filter((_, i) => !drawn[i]), heldOut: pieces.filter((_, i) => drawn[i]) };
}

/** Examples of some pieces, each description and each signature once. */
export function examplesOf(pieces: readonly Piece[], without: readonly Example[] = []): Example[] {
  const seen = new Set(without.flatMap(({ description, signature }) => [description, signature]));
  return pieces
    .flatMap(({ examples }) => examples)
    .filter(({ description, signature }) => {
      if (seen.has(description) || seen.has(signature)) return false;
      seen.add(description).add(signature);
      return true;
    });
}

/** Writes one JSON record a line. */
export async function writeJsonLines(path: string, records: readonly object[]): Promise<void> {
  await writeFile(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
}
