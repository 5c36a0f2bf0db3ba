// How long inputs and targets get, and how much text fills an input.
//
//   inputs = n − noise + spans + 1,  targets = noise + spans + 1      (the 1 is </s>)
//
// Both depend on the text's length alone, so batches need no padding.
// Source: `random_spans_helper` of T5: inputs of 512 hold 568 tokens and have targets of 114.

import { type NoiseOptions, noiseCounts } from "./noise-mask.js";

/** The lengths that a text of `length` tokens gives, the ends included. */
export function corruptedLengths(length: number, options: NoiseOptions = {}): { inputs: number; targets: number } {
  const { noise, spans } = noiseCounts(length, options);
  return { inputs: length - noise + spans + 1, targets: noise + spans + 1 };
}

/**
 * The longest text whose inputs and targets fit.
 *
 * @param limits `inputs`, and `targets` where the decoder is limited too
 * @returns the tokens of the text, and the lengths of its targets
 * @throws RangeError when not even 2 tokens fit
 */
export function tokensToFill(
  { inputs, targets = Number.POSITIVE_INFINITY }: { inputs: number; targets?: number },
  options: NoiseOptions = {},
): { tokens: number; targets: number } {
  const fits = (length: number): boolean => {
    const lengths = corruptedLengths(length, options);
    return lengths.inputs <= inputs && lengths.targets <= targets;
  };
  if (!fits(2)) {
    throw new RangeError(`tokensToFill: inputs of ${inputs} and targets of ${targets} are too short for any span`);
  }
  let tokens = 2;
  while (fits(tokens + 1)) tokens++;
  return { tokens, targets: corruptedLengths(tokens, options).targets };
}
