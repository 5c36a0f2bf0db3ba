import type { Binding } from "../binding.js";

/** Bindings of cpp/norm.h. */
export const norm: readonly Binding[] = [];
