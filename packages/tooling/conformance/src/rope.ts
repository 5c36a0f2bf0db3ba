// What rope must compute.

/** Defines the tests for a registered backend. */
export function rope(_backend: string): void {}
