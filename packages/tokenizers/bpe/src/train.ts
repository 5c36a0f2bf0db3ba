// Training of byte-level BPE: the symbols to begin with are the 256 bytes; learn.ts does the rest.

import { byteTokens } from "./bpe.js";
import { BpeError } from "./error.js";
import { learnMerges } from "./learn.js";
import { utf8 } from "./utf8.js";
import { concatenate, Vocabulary } from "./vocabulary.js";
import { wordList } from "./word-list.js";

/** How far training is. */
export interface TrainBpeProgress {
  /** Tokens so far, those to begin with included. */
  tokens: number;
  vocabSize: number;
  /** How often the pair occurred that was joined last. */
  count: number;
}

/** Options of `trainBpe`. */
export interface TrainBpeOptions {
  /** Tokens to stop at, the 256 bytes included; fewer come out when no pair is frequent enough. */
  vocabSize: number;
  /** Pairs that occur less often are not joined; default 2. */
  minFrequency?: number;
  /** Whether a token may be made of the bytes of two; default always. Where a pre-tokenizer cuts between bytes, no. */
  mayJoin?: (left: Uint8Array, right: Uint8Array) => boolean;
  /** Called after each new token. */
  onProgress?: (progress: TrainBpeProgress) => void;
}

/** What `trainBpe` has learned. */
export interface TrainedBpe {
  /** Pairs of ids in the order of joining, for `BPE.fromMerges`. */
  merges: [number, number][];
  /** The bytes of each token; its index is its id. */
  tokens: Uint8Array[];
}

/** Learns merges from distinct pieces and how often each occurs. Throws BpeError for a `vocabSize` below 256 or a wrong count. */
export function trainBpe(pieces: Iterable<readonly [string, number]>, options: TrainBpeOptions): TrainedBpe {
  const { vocabSize, minFrequency = 2, mayJoin, onProgress } = options;
  if (!Number.isInteger(vocabSize) || vocabSize < 256) {
    throw new BpeError(`trainBpe: vocabSize must be a whole number of at least 256, one a byte, got ${vocabSize}`);
  }
  const vocabulary = new Vocabulary();
  for (const [token, id] of byteTokens()) vocabulary.add(token, id);
  const merges = learnMerges({
    words: wordList(pieces, utf8),
    minFrequency,
    join: (left, right) => addJoined(vocabulary, left, right, mayJoin),
    more: () => vocabulary.size < vocabSize,
    onJoin: onProgress && ((count) => onProgress({ tokens: vocabulary.size, vocabSize, count })),
  });
  const tokens = Array.from({ length: vocabulary.size }, (_, id) => vocabulary.bytesOf(id)!.slice());
  return { merges, tokens };
}

function addJoined(vocabulary: Vocabulary, left: number, right: number, mayJoin: TrainBpeOptions["mayJoin"]): number {
  const [a, b] = [vocabulary.bytesOf(left)!, vocabulary.bytesOf(right)!];
  if (mayJoin?.(a, b) === false) return -1;
  const joined = concatenate(a, b);
  const known = vocabulary.idOf(joined);
  if (known !== -1) return known;
  vocabulary.add(joined, vocabulary.size);
  return vocabulary.size - 1;
}
