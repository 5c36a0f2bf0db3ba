// A batch as tensors, ready for a model and a loss.
//
// Shapes: B rows, T tokens of a row, S tokens of the encoder's row.

import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { attentionPattern, crossAttentionPattern, plainPattern } from "./attention-pattern.js";
import type { BatchOf, PairBatch, SequenceBatch } from "./batch.js";
import type { Example } from "./example.js";

/** What a model and its loss take. */
export interface SequenceTensors {
  /** int32 [B, T] */
  ids_BT: Tensor;
  /** int32 [B, T], -100 where nothing is asked: the labels of `crossEntropy` of `@llm/cross-entropy`. */
  targets_BT: Tensor;
  /** int32 [B, T] */
  positions_BT: Tensor;
  /** int32 [B, T], for 2-D positions. */
  blockPositions_BT?: Tensor;
  /** "causal", "none", or boolean [B, 1, T, T], true = may attend: the `AttentionMask` of `@llm/mask`. */
  mask: "causal" | "none" | Tensor;
}

/** The two sides of an encoder-decoder, and what the decoder sees of the encoder. */
export interface PairTensors {
  encoder: SequenceTensors;
  decoder: SequenceTensors;
  /** Boolean [B, 1, T, S]. */
  crossMask: Tensor;
}

/** The tensors that batches of examples of a kind make. */
export type TensorsOf<B> = B extends PairBatch ? PairTensors : SequenceTensors;

/** A batch as tensors. The caller disposes them; a surrounding `tidy` does. */
export function batchTensors<B extends BatchOf<Example>>(batch: B): TensorsOf<B> {
  if (!("encoder" in batch)) return sequenceTensors(batch) as TensorsOf<B>;
  const { encoder, decoder } = batch;
  const shape: [number, number, number, number] = [decoder.rows, 1, decoder.length, encoder.length];
  return {
    encoder: sequenceTensors(encoder),
    decoder: sequenceTensors(decoder),
    crossMask: tensor(crossAttentionPattern(batch), shape, "bool"),
  } as TensorsOf<B>;
}

function sequenceTensors(batch: SequenceBatch): SequenceTensors {
  const { inputs, targets, positions, blockPositions, rows, length } = batch;
  const ids = (values: Int32Array): Tensor => tensor(values, [rows, length], "int32");
  return {
    ids_BT: ids(inputs),
    targets_BT: ids(targets),
    positions_BT: ids(positions),
    ...(blockPositions && { blockPositions_BT: ids(blockPositions) }),
    mask: plainPattern(batch) ?? tensor(attentionPattern(batch), [rows, 1, length, length], "bool"),
  };
}
