import type { Binding } from "../binding.js";

/** Bindings of cpp/reduce.h. */
export const reduce: readonly Binding[] = [];
