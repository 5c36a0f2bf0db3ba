import type { Binding } from "../binding.js";

/** Bindings of cpp/movement.h. */
export const movement: readonly Binding[] = [];
