// What has to be known to translate a state dictionary: which of our modules is which of theirs, and where the layouts
// differ. Paths are module paths; `.weight` and `.bias` are kept.

import type { Tensor } from "@tensorflow/tfjs-core";

/** Several of our linear layers that are one of theirs. */
export interface FusedModules {
  /** Our modules, in the order of their rows. */
  ours: readonly string[];
  theirs: string;
  /** Rows of ours → rows of theirs, weights [out, in] and biases [out] alike. */
  layout: RowLayout;
}

/** How the rows of several matrices lie in one. */
export interface RowLayout {
  /** One tensor of all rows. */
  fuse(parts: readonly Tensor[]): Tensor;
  /**
   * The parts of it.
   * @throws Error when the number of rows does not fit
   */
  split(fused: Tensor): Tensor[];
}

/** Modules of one block of a stack, and where the stack is. */
export interface StackMap {
  /** `layers` for `layers.0.…` */
  ours: string;
  /** `transformer.h` for `transformer.h.0.…` */
  theirs: string;
  /** Our module path in a block → theirs. */
  modules: Readonly<Record<string, string>>;
  fused?: readonly FusedModules[];
}

/** A whole model. */
export interface HuggingFaceMap {
  /** What errors call it. */
  model: string;
  /** Our module path outside of the stacks → theirs. */
  modules: Readonly<Record<string, string>>;
  stacks: readonly StackMap[];
  /** Their modules whose weights are [in, out] where ours are [out, in]. */
  transposed?: RegExp;
  /** What their names may begin with in some files, `transformer.`; removed. */
  prefix?: string;
  /** Their tensors that hold nothing to learn or a copy: left out when read. */
  ignored?: RegExp;
}
