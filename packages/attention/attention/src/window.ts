// A sliding window, and the first keys kept in sight of it, as a mask that fused kernels know.
//
//   allowed(i, j) = j ≤ i and (j > i − window or j < sinks)
//
// Sources: Beltagy et al., "Longformer", arXiv:2004.05150; Xiong et al., "Efficient streaming language models with
// attention sinks", arXiv:2309.17453.
// Shapes: T query time, S key time.

import { type AttentionMask, combineMasks, slidingWindowMask } from "@llm/mask";
import { engine, keep, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { AttentionOptions } from "./options.js";

/**
 * The mask of these options, narrowed to their window.
 * @throws Error when window or sinks are no counts, or do not go together with the other options
 */
export function windowed(name: string, options: AttentionOptions, t: number, s: number): AttentionMask {
  const { mask = "causal", window, sinks = 0, prefix } = options;
  if (window === undefined) {
    if (sinks) throw new Error(`${name}: sinks are what a query sees beside its window; give window too`);
    return mask;
  }
  if (!Number.isInteger(window) || window < 1 || !Number.isInteger(sinks) || sinks < 0) {
    throw new Error(`${name}: window must be a whole number from 1 and sinks from 0, got ${window} and ${sinks}`);
  }
  if (mask === "none" || prefix) {
    throw new Error(`${name}: window narrows a causal mask; leave out ${prefix ? "prefix" : 'the mask "none"'}`);
  }
  // All keys are in sight of the last query, and so of all.
  if (s <= window + sinks) return mask;
  const band = bandOf(t, s, window, sinks);
  return mask === "causal" ? band : combineMasks(mask, band);
}

const bands = new WeakMap<object, { of: string; band: Tensor }>();

/** One is kept for each backend, because all layers of a model ask for the same. */
function bandOf(t: number, s: number, window: number, sinks: number): Tensor {
  const { backend } = engine();
  const kept = bands.get(backend);
  const of = [t, s, window, sinks].join();
  if (kept?.of === of) return kept.band;
  kept?.band.dispose();
  const band = tidy(() => keep(slidingWindowMask(t, window, s, { sinks })));
  bands.set(backend, { of, band });
  return band;
}
