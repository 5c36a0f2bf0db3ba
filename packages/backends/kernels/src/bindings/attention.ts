import type { Binding } from "../binding.js";

/** Bindings of cpp/attention.h. */
export const attention: readonly Binding[] = [];
