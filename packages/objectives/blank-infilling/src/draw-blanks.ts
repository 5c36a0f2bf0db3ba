// Which stretches of a text become blanks.
//
//   spans      lengths from a Poisson distribution (λ = 3, without 0) until 15 % of the text is blank
//   sentences  whole sentences, in random order, until 15 % of the text is blank
//   document   one blank at the end, its length uniform over 50 … 100 % of the text
//
// Source: Du et al., "GLM", arXiv:2103.10360, sections 2.1 and 2.2. The blank of a document stands at its end, as in
// the code of GLM and in GLM-130B (arXiv:2210.02414), where it is [gMASK]. Between two blanks at least one token stays;
// so sentences that follow each other become one blank.

import type { Random } from "@llm/random";

/** A stretch of tokens. */
export interface Blank {
  start: number;
  length: number;
}

/** What determines short blanks. */
export interface SpanBlankOptions {
  /** Share of the text that becomes blank, at least. Default 0.15. */
  rate?: number;
  /** λ of the Poisson distribution of lengths. Default 3. */
  meanSpan?: number;
}

/**
 * Short blanks all over the text, in the order of the text.
 *
 * @param length tokens of the text, at least 1
 * @throws RangeError for a rate outside of 0 … 1, a λ that is not positive, or an empty text
 */
export function drawSpanBlanks(
  length: number,
  { random, rate = 0.15, meanSpan = 3 }: SpanBlankOptions & { random: Random },
): Blank[] {
  checkLength("drawSpanBlanks", length);
  checkRate("drawSpanBlanks", rate);
  if (!(meanSpan > 0 && meanSpan <= 500)) {
    throw new RangeError(`drawSpanBlanks: meanSpan must be above 0 and at most 500, got ${meanSpan}`);
  }
  const lengths: number[] = [];
  let blank = 0;
  while (blank < rate * length) {
    // Each blank but the first needs a token that stays before it.
    const room = length - blank - lengths.length;
    if (room < 1) break;
    const span = Math.min(poissonAbove0(meanSpan, random), room);
    lengths.push(span);
    blank += span;
  }
  // Every choice of gaps among the tokens that stay is equally likely.
  const gaps = random
    .permutation(length - blank + 1)
    .subarray(0, lengths.length)
    .sort();
  let before = 0;
  return lengths.map((span, i) => {
    const start = (gaps[i] as number) + before;
    before += span;
    return { start, length: span };
  });
}

/**
 * Whole sentences, in the order of the text; neighbours are joined.
 *
 * @param sentenceStarts a flag for each token of the text, at least 1; other than 0 where a sentence starts. The first
 *   token starts one anyway
 * @returns blanks of at least `rate` of the text, and of all of it where that is one sentence
 * @throws RangeError for a rate outside of 0 … 1, or an empty text
 */
export function drawSentenceBlanks(
  sentenceStarts: ArrayLike<number>,
  { random, rate = 0.15 }: Pick<SpanBlankOptions, "rate"> & { random: Random },
): Blank[] {
  const { length } = sentenceStarts;
  checkLength("drawSentenceBlanks", length);
  checkRate("drawSentenceBlanks", rate);
  const starts = Array.from({ length }, (_, i) => i).filter((i) => i === 0 || sentenceStarts[i]);
  const chosen: Blank[] = [];
  let blank = 0;
  for (const which of random.permutation(starts.length)) {
    if (blank >= rate * length) break;
    const start = starts[which] as number;
    const sentence = { start, length: (starts[which + 1] ?? length) - start };
    chosen.push(sentence);
    blank += sentence.length;
  }
  return joinNeighbours(chosen.sort((a, b) => a.start - b.start));
}

function joinNeighbours(blanks: readonly Blank[]): Blank[] {
  const joined: Blank[] = [];
  for (const { start, length } of blanks) {
    const before = joined.at(-1);
    if (before && before.start + before.length === start) before.length += length;
    else joined.push({ start, length });
  }
  return joined;
}

/**
 * One blank at the end of the text, of a share of it that is uniform over `shares`.
 *
 * @param length tokens of the text, at least 1
 * @throws RangeError unless 0 < smallest ≤ largest ≤ 1
 */
export function drawDocumentBlank(
  length: number,
  { random, shares = [0.5, 1] }: { random: Random; shares?: readonly [smallest: number, largest: number] },
): Blank {
  checkLength("drawDocumentBlank", length);
  const [smallest, largest] = shares;
  if (!(smallest > 0 && smallest <= largest && largest <= 1)) {
    throw new RangeError(`drawDocumentBlank: shares must satisfy 0 < smallest ≤ largest ≤ 1, got [${shares}]`);
  }
  const [least, most] = [Math.ceil(smallest * length), Math.max(1, Math.floor(largest * length))];
  const size = Math.min(least, most) + random.integer(Math.max(0, most - least) + 1);
  return { start: length - size, length: size };
}

/** A Poisson number, drawn again until it is not 0; by inversion, so one draw is enough. */
function poissonAbove0(mean: number, random: Random): number {
  let probability = Math.exp(-mean);
  let left = probability + random.uniform() * (1 - probability);
  for (let k = 0; ; k++) {
    left -= probability;
    // Far out the probabilities vanish and rounding decides; 20 deviations above the mean is far out.
    if ((left < 0 && k > 0) || k > mean + 20 * Math.sqrt(mean) + 20) return k;
    probability *= mean / (k + 1);
  }
}

function checkRate(name: string, rate: number): void {
  if (!(rate > 0 && rate <= 1)) throw new RangeError(`${name}: rate must be above 0 and at most 1, got ${rate}`);
}

function checkLength(name: string, length: number): void {
  if (Number.isSafeInteger(length) && length >= 1) return;
  throw new RangeError(`${name}: a text has at least 1 token, got ${length}`);
}
