// Masked language modelling: some tokens are hidden, and predicted from the text on both sides.
//
//   of the tokens chosen (15 %):  80 % become [MASK],  10 % a random token,  10 % stay;  all of them are asked for
//
// Source: Devlin et al., "BERT", arXiv:1810.04805, section 3.1; whole words: the note of May 2019 in BERT's repository,
// where all tokens of a chosen word are asked for, each with its own fate. The number of tokens chosen is fixed, as in
// BERT; RoBERTa's and Hugging Face's fall independently, so their number varies. Masks are drawn anew for each step, as
// in RoBERTa (arXiv:1907.11692). Special tokens are neither chosen nor drawn, where BERT may draw any.

import { IGNORE, type Sequence, sequence } from "@llm/objective";
import type { Random } from "@llm/random";

/** What is hidden, and how. */
export interface MaskTokensOptions {
  random: Random;
  /** The id of [MASK]. */
  maskId: number;
  /** Random tokens are drawn from 0 … vocabSize − 1. */
  vocabSize: number;
  /** Ids that are never chosen and never drawn, such as [CLS], [SEP] and [PAD]; [MASK] is one without being named. */
  special?: ReadonlySet<number>;
  /** Share of the ordinary tokens that is chosen; at least one is. Default 0.15. */
  rate?: number;
  /** Of the tokens chosen: what share becomes [MASK], and what share a random token. The rest stays. Default 0.8, 0.1. */
  fates?: { mask: number; random: number };
  /** 1 where a word starts: words are then chosen whole. Default: every token is a word. */
  wordStarts?: ArrayLike<number>;
}

/**
 * A document with some tokens hidden.
 *
 * @param ids token ids
 * @returns a sequence of as many tokens, all open
 * @throws RangeError for a share out of range, or flags of another number than ids
 */
export function maskTokens(ids: ArrayLike<number>, options: MaskTokensOptions): Sequence {
  const { random, maskId, fates = { mask: 0.8, random: 0.1 } } = options;
  checkOptions(ids, options);
  const inputs = Int32Array.from(ids);
  const targets = new Int32Array(ids.length).fill(IGNORE);
  for (const at of chooseTokens(ids, options)) {
    targets[at] = ids[at] as number;
    const fate = random.uniform();
    if (fate < fates.mask) inputs[at] = maskId;
    else if (fate < fates.mask + fates.random) inputs[at] = drawOrdinary(options);
  }
  return sequence(inputs, targets, { open: ids.length });
}

/** Whole words in random order, as long as they fit into the budget; a word that does not is passed over. */
function chooseTokens(ids: ArrayLike<number>, options: MaskTokensOptions): number[] {
  const { random, rate = 0.15 } = options;
  const words = ordinaryWords(ids, options);
  const total = words.reduce((sum, word) => sum + word.length, 0);
  let budget = rate === 0 ? 0 : Math.max(1, Math.round(rate * total));
  const chosen: number[] = [];
  for (const which of random.permutation(words.length)) {
    const word = words[which] as number[];
    if (word.length > budget) continue;
    chosen.push(...word);
    budget -= word.length;
  }
  return chosen.sort((a, b) => a - b);
}

/** The places of each word's tokens; special tokens belong to no word, and end the one before them. */
function ordinaryWords(ids: ArrayLike<number>, { maskId, special, wordStarts }: MaskTokensOptions): number[][] {
  const words: number[][] = [];
  let open = false;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (id === maskId || special?.has(id)) {
      open = false;
      continue;
    }
    if (!open || !wordStarts || wordStarts[i]) words.push([]);
    words.at(-1)?.push(i);
    open = true;
  }
  return words;
}

function drawOrdinary({ random, vocabSize, maskId, special }: MaskTokensOptions): number {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const id = random.integer(vocabSize);
    if (id !== maskId && !special?.has(id)) return id;
  }
  throw new RangeError(`maskTokens: nearly all of the ${vocabSize} ids are special, so none can be drawn at random`);
}

function checkOptions(ids: ArrayLike<number>, { rate = 0.15, fates, wordStarts }: MaskTokensOptions): void {
  if (!(rate >= 0 && rate <= 1)) throw new RangeError(`maskTokens: rate must be from 0 to 1, got ${rate}`);
  if (fates && !(fates.mask >= 0 && fates.random >= 0 && fates.mask + fates.random <= 1 + 1e-9)) {
    throw new RangeError(
      `maskTokens: fates must be shares that sum to at most 1, got ${fates.mask} and ${fates.random}`,
    );
  }
  if (wordStarts && wordStarts.length !== ids.length) {
    throw new RangeError(`maskTokens: wordStarts needs a flag for each of ${ids.length} ids, got ${wordStarts.length}`);
  }
}
