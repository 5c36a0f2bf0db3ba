// What matmul must compute.

/** Defines the tests for a registered backend. */
export function matmul(_backend: string): void {}
