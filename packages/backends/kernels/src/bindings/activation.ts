import type { Binding } from "../binding.js";

/** Bindings of cpp/activation.h. */
export const activation: readonly Binding[] = [];
