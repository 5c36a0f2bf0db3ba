import type { Binding } from "../binding.js";

/** Bindings of cpp/softmax.h. */
export const softmax: readonly Binding[] = [];
