// Autoregressive blank infilling: blanks of a text are filled in one after the other, from left to right each.
//
//   text        x1 x2 x3 x4 x5 x6               blanks: x3, and x5 x6
//   part        A A  A  A A  B  B  B  B  B
//   inputs      x1 x2 M x4 M | S x5 x6 S x3     M [MASK], S [sop]; blanks in random order
//   targets     –  –  –  –  – | x5 x6 E x3 E    E [eop]
//   positions   0  1  2  3  4 | 4  4  4  2  2    a blank's tokens all stand where its mask is …
//   block       0  0  0  0  0 | 1  2  3  1  2    … and count within it
//
// Part A sees itself in both directions; part B sees A, and is causal. So the model learns an encoder's and a decoder's
// work at once. A single blank of the whole text is causal language modelling.
// Source: Du et al., "GLM", arXiv:2103.10360, section 2.1 and figure 2; GLM-130B, arXiv:2210.02414, section 2.2.

import { IGNORE, type Sequence, sequence } from "@llm/objective";
import type { Random } from "@llm/random";
import {
  type Blank,
  drawDocumentBlank,
  drawSentenceBlanks,
  drawSpanBlanks,
  type SpanBlankOptions,
} from "./draw-blanks.js";

/** The special tokens of blank infilling. */
export interface BlankTokens {
  /** [MASK], a short blank. */
  maskId: number;
  /** [gMASK], a long blank at the end. Default `maskId`. */
  documentMaskId?: number;
  /** [sMASK], a blank of whole sentences. Default `maskId`. */
  sentenceMaskId?: number;
  /** [sop], which starts each blank of part B. */
  startId: number;
  /** [eop], which ends it. */
  endId: number;
}

/** What blank infilling needs. */
export interface InfillBlanksOptions extends SpanBlankOptions, BlankTokens {
  random: Random;
  /** How often the blank is the end of the document. GLM-130B: 0.7. Default 0.5, or what `sentenceShare` leaves of it. */
  documentShare?: number;
  /** How often blanks are whole sentences; the rest are short spans. The paper's GLM_Sent: 0.5. Default 0. */
  sentenceShare?: number;
  /** A flag for each id, other than 0 where a sentence starts; needed for `sentenceShare`. */
  sentenceStarts?: ArrayLike<number>;
  /** How much of a document such a blank covers. Default [0.5, 1]. */
  shares?: readonly [smallest: number, largest: number];
}

/**
 * A document with random blanks, to be filled in.
 *
 * @param ids token ids without special tokens, at least 1
 * @returns a sequence with `blockPositions`
 * @throws RangeError for an empty text, or options out of range
 */
export function infillBlanks(ids: ArrayLike<number>, options: InfillBlanksOptions): Sequence {
  const { random, sentenceShare = 0, documentShare = Math.max(0, 0.5 - sentenceShare) } = options;
  checkShares(ids, documentShare, options);
  const kind = random.uniform();
  if (kind < documentShare) {
    const { documentMaskId = options.maskId } = options;
    return layOutBlanks(ids, [drawDocumentBlank(ids.length, options)], { ...options, maskId: documentMaskId });
  }
  const sentences = kind < documentShare + sentenceShare;
  const { sentenceStarts = [], sentenceMaskId = options.maskId } = options;
  const blanks = sentences ? drawSentenceBlanks(sentenceStarts, options) : drawSpanBlanks(ids.length, options);
  const maskId = sentences ? sentenceMaskId : options.maskId;
  return layOutBlanks(ids, blanks, { ...options, maskId, order: random.permutation(blanks.length) });
}

function checkShares(
  ids: ArrayLike<number>,
  documentShare: number,
  { sentenceShare = 0, sentenceStarts }: InfillBlanksOptions,
): void {
  for (const [name, share] of Object.entries({ documentShare, sentenceShare })) {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`infillBlanks: ${name} must be from 0 to 1, got ${share}`);
  }
  if (documentShare + sentenceShare > 1 + 1e-9) {
    throw new RangeError(
      `infillBlanks: documentShare and sentenceShare must not exceed 1 together, got ${documentShare} and ${sentenceShare}`,
    );
  }
  if (sentenceShare === 0 || sentenceStarts?.length === ids.length) return;
  throw new RangeError(
    `infillBlanks: sentenceStarts needs a flag for each of ${ids.length} ids, got ${sentenceStarts?.length ?? "none"}`,
  );
}

/**
 * A document with given blanks.
 *
 * @param blanks in the order of the text, without overlap
 * @param options `order`: which blank is filled in first, second … Default: the order of the text
 * @throws RangeError when blanks overlap or leave the text
 */
export function layOutBlanks(
  ids: ArrayLike<number>,
  blanks: readonly Blank[],
  { maskId, startId, endId, order }: Pick<BlankTokens, "maskId" | "startId" | "endId"> & { order?: ArrayLike<number> },
): Sequence {
  const text = Array.from(ids);
  const partA: number[] = [];
  const masks: number[] = [];
  let at = 0;
  for (const { start, length } of blanks) {
    if (!(start >= at && length >= 1 && start + length <= text.length)) {
      throw new RangeError(
        `layOutBlanks: blanks must stand in order within the ${text.length} tokens, got one of ${length} at ${start}`,
      );
    }
    partA.push(...text.slice(at, start));
    masks.push(partA.length);
    partA.push(maskId);
    at = start + length;
  }
  partA.push(...text.slice(at));

  const filled = Array.from(order ?? blanks.keys()).map((which) => {
    const { start, length } = blanks[which] as Blank;
    return { tokens: text.slice(start, start + length), mask: masks[which] as number };
  });
  const example = sequence(
    [...partA, ...filled.flatMap(({ tokens }) => [startId, ...tokens])],
    [...partA.map(() => IGNORE), ...filled.flatMap(({ tokens }) => [...tokens, endId])],
    { open: partA.length },
  );
  example.positions.set(
    filled.flatMap(({ tokens, mask }) => [mask, ...tokens.map(() => mask)]),
    partA.length,
  );
  const blockPositions = new Int32Array(example.inputs.length);
  blockPositions.set(
    filled.flatMap(({ tokens }) => [1, ...tokens.map((_, i) => i + 2)]),
    partA.length,
  );
  return { ...example, blockPositions };
}

/**
 * The text again, with what the targets say in the place of each blank.
 *
 * @param example as `layOutBlanks` makes it; the targets may be a model's answers
 */
export function restoreBlanks({ targets, positions, blockPositions, inputs, open }: Sequence): number[] {
  const fillings = new Map<number, number[]>();
  for (let i = 0; i < inputs.length; i++) {
    if (open[i]) continue;
    const filling = fillings.get(positions[i] as number) ?? [];
    fillings.set(positions[i] as number, filling);
    filling.push(targets[i] as number);
  }
  if (!blockPositions)
    throw new RangeError("restoreBlanks: the example has no blockPositions; did infillBlanks make it?");
  return Array.from(
    inputs.subarray(
      0,
      open.reduce((sum, flag) => sum + flag, 0),
    ),
  ).flatMap((id, i) => {
    const filling = fillings.get(i);
    return filling ? filling.slice(0, -1) : [id];
  });
}

/**
 * The longest text that surely fits into `length` tokens with its blanks: a blank adds its [MASK] and its [sop].
 * @throws RangeError when no text does
 */
export function tokensToInfill(length: number, { rate = 0.15 }: Pick<SpanBlankOptions, "rate"> = {}): number {
  let tokens = Math.max(0, length - 2);
  while (tokens > 0 && tokens + 2 * Math.ceil(rate * tokens) > length) tokens--;
  if (tokens > 0) return tokens;
  throw new RangeError(`tokensToInfill: ${length} tokens are too few for a text with a blank; 3 are the least`);
}
