// What cross-entropy must compute.

/** Defines the tests for a registered backend. */
export function crossEntropy(_backend: string): void {}
