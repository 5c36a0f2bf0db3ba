// Span corruption: each noise span is replaced by a sentinel, and the target spells the spans out.
//
//   text      thank you for inviting me to your party last week
//   inputs    thank you <0> me to your party <1> week </s>
//   targets   <0> for inviting <1> last </s>
//
// Source: Raffel et al., "T5", arXiv:1910.10683, section 3.1.4. The paper's figure ends the targets with one more
// sentinel; its code, which trained the published models, ends them with </s>, and so does this.

import { type Pair, pair } from "@llm/objective";
import type { Random } from "@llm/random";
import { type NoiseOptions, randomSpansNoiseMask } from "./noise-mask.js";

/** The ids that stand for spans: `first`, `first − 1`, `first − 2` … */
export interface Sentinels {
  /** T5: 32099, which is `<extra_id_0>`. */
  first: number;
  /** How many there are. T5: 100. */
  count: number;
}

/** The special tokens of span corruption. */
export interface SpanTokens {
  sentinels: Sentinels;
  /** Ends inputs and targets. T5: 1. */
  endId: number;
  /** Starts the decoder. T5: 0, its padding. */
  startId: number;
}

/** What span corruption needs. */
export interface CorruptSpansOptions extends NoiseOptions, SpanTokens {
  random: Random;
  /** Ids that inputs begin with; UL2 says there which denoiser is at work. */
  prefix?: readonly number[];
}

/**
 * A document with random spans replaced.
 *
 * @param ids token ids without special tokens
 * @returns a pair: the encoder's inputs, and the decoder's inputs and targets
 * @throws RangeError when the text has more spans than there are sentinels, or holds a sentinel itself
 */
export function corruptSpans(ids: ArrayLike<number>, options: CorruptSpansOptions): Pair {
  const { random, rate, meanSpan, prefix = [] } = options;
  const mask = randomSpansNoiseMask(ids.length, { random, rate, meanSpan });
  const { inputs, targets } = replaceSpans(ids, mask, options);
  return pair([...prefix, ...inputs], targets, options);
}

/**
 * Replaces the spans that a mask marks.
 *
 * @param mask 1 where a token is noise, one flag an id
 * @throws RangeError as `corruptSpans`
 */
export function replaceSpans(
  ids: ArrayLike<number>,
  mask: ArrayLike<number>,
  { sentinels, endId }: Pick<SpanTokens, "sentinels" | "endId">,
): { inputs: number[]; targets: number[] } {
  const inputs: number[] = [];
  const targets: number[] = [];
  let span = -1;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (id <= sentinels.first && id > sentinels.first - sentinels.count) {
      throw new RangeError(
        `corruptSpans: the text holds the sentinel ${id} at position ${i}; it could not be restored`,
      );
    }
    if (!mask[i]) {
      inputs.push(id);
      continue;
    }
    if (i === 0 || !mask[i - 1]) {
      if (++span === sentinels.count) {
        throw new RangeError(
          `corruptSpans: ${ids.length} tokens have more than ${span} spans, the number of sentinels; ` +
            "shorten the text, raise meanSpan, or reserve more ids",
        );
      }
      inputs.push(sentinels.first - span);
      targets.push(sentinels.first - span);
    }
    targets.push(id);
  }
  return { inputs: [...inputs, endId], targets: [...targets, endId] };
}

/**
 * The text again: each sentinel of the inputs gives way to what the targets say behind it. A span that the targets
 * leave out is left out; so a model's answer can be put into the text as it is.
 *
 * @param inputs with or without a prefix of special tokens, which is kept; everything from `endId` on is dropped
 */
export function restoreSpans(
  { inputs, targets }: { inputs: ArrayLike<number>; targets: ArrayLike<number> },
  { sentinels, endId }: Pick<SpanTokens, "sentinels" | "endId">,
): number[] {
  const untilEnd = (ids: ArrayLike<number>): number[] => {
    const all = Array.from(ids);
    const end = all.indexOf(endId);
    return end < 0 ? all : all.slice(0, end);
  };
  const isSentinel = (id: number): boolean => id <= sentinels.first && id > sentinels.first - sentinels.count;
  const spans = new Map<number, number[]>();
  let current: number[] = [];
  for (const id of untilEnd(targets)) {
    if (isSentinel(id)) {
      current = [];
      spans.set(id, current);
    } else current.push(id);
  }
  return untilEnd(inputs).flatMap((id) => (isSentinel(id) ? (spans.get(id) ?? []) : [id]));
}
