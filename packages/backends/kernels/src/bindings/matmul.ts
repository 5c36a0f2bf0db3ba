import type { Binding } from "../binding.js";

/** Bindings of cpp/matmul.h. */
export const matmul: readonly Binding[] = [];
