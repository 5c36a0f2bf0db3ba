import type { Binding } from "../binding.js";

/** Bindings of cpp/adamw.h. */
export const adamw: readonly Binding[] = [];
