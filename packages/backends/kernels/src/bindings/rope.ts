import type { Binding } from "../binding.js";

/** Bindings of cpp/rope.h. */
export const rope: readonly Binding[] = [];
