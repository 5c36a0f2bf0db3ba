import type { Binding } from "../binding.js";

/** Bindings of cpp/embedding.h. */
export const embedding: readonly Binding[] = [];
