// What reduce must compute.

/** Defines the tests for a registered backend. */
export function reduce(_backend: string): void {}
