// What every objective turns a document into: what the model reads, what it is asked, and who sees whom.
//
//   query i may attend to key j  ⇔  segments[i] = segments[j]  and  (j ≤ i  or  open[j] = 1)
//
// One flag a token says it all: a causal text opens none, BERT all, a prefix language model its prefix, GLM its part A.
// An encoder-decoder's example is two such sequences: the encoder's, all open, and the decoder's, all closed.
// Shapes: T tokens of the document.

/** The target of a position that is asked nothing. */
export const IGNORE = -100;

/** A document of T tokens as a model reads it; every array has T elements. */
export interface Sequence {
  inputs: Int32Array;
  /** The right answer at each position, already shifted; -100 where nothing is asked. This is the loss mask too. */
  targets: Int32Array;
  /** Position in the document. */
  positions: Int32Array;
  /** GLM's second position, within a blank. Other objectives have none. */
  blockPositions?: Int32Array;
  /** 1: every token of the document sees this one, earlier ones too. 0: only itself and later ones do. */
  open: Uint8Array;
}

/** A document for an encoder-decoder model; the decoder's inputs are its targets, shifted to the right. */
export interface Pair {
  encoder: Sequence;
  decoder: Sequence;
}

/** What an objective may give. */
export type Example = Sequence | Pair;

/** The number of positions that are asked something. */
export function targetCount({ targets }: { targets: ArrayLike<number> }): number {
  let count = 0;
  for (let i = 0; i < targets.length; i++) if (targets[i] !== IGNORE) count++;
  return count;
}

/**
 * A sequence read from left to right, or with its first `open` tokens seen by all.
 *
 * @throws RangeError when inputs and targets differ in number
 */
export function sequence(
  inputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  { open = 0 }: { open?: number } = {},
): Sequence {
  if (inputs.length !== targets.length) {
    throw new RangeError(
      `sequence: ${inputs.length} inputs need as many targets (-100 where nothing is asked), got ${targets.length}`,
    );
  }
  return {
    inputs: Int32Array.from(inputs),
    targets: Int32Array.from(targets),
    positions: Int32Array.from(inputs, (_, i) => i),
    open: new Uint8Array(inputs.length).fill(1, 0, open),
  };
}

/**
 * Teacher forcing: the encoder sees its inputs whole; the decoder starts with `startId` and predicts each target from
 * those before it.
 */
export function pair(inputs: ArrayLike<number>, targets: ArrayLike<number>, { startId }: { startId: number }): Pair {
  return {
    encoder: sequence(inputs, new Int32Array(inputs.length).fill(IGNORE), { open: inputs.length }),
    decoder: sequence([startId, ...Array.from(targets).slice(0, -1)].slice(0, targets.length), targets),
  };
}

/**
 * The same task for a decoder alone, as a prefix language model: the encoder's inputs, seen in both directions, and the
 * targets after them. The last of the inputs predicts the first target, so no start token is needed.
 *
 * Source: Tay et al., "UL2", arXiv:2205.05131, section 3.3 (the decoder-only form).
 */
export function pairAsSequence({ encoder, decoder }: Pair): Sequence {
  const [prefix, answers] = [encoder.inputs.length, decoder.targets];
  if (prefix === 0) throw new RangeError("pairAsSequence: the inputs are empty, so nothing predicts the first target");
  return sequence(
    [...encoder.inputs, ...answers.subarray(0, -1)],
    [...new Int32Array(prefix - 1).fill(IGNORE), ...answers],
    { open: prefix },
  );
}
