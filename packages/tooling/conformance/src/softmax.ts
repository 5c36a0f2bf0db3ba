// What softmax must compute.

/** Defines the tests for a registered backend. */
export function softmax(_backend: string): void {}
