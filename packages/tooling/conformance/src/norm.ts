// What norm must compute.

/** Defines the tests for a registered backend. */
export function norm(_backend: string): void {}
