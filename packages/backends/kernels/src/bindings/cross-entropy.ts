import type { Binding } from "../binding.js";

/** Bindings of cpp/cross-entropy.h. */
export const crossEntropy: readonly Binding[] = [];
