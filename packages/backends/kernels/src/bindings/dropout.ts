import type { Binding } from "../binding.js";

/** Bindings of cpp/dropout.h. */
export const dropout: readonly Binding[] = [];
