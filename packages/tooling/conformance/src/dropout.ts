// What dropout must compute.

/** Defines the tests for a registered backend. */
export function dropout(_backend: string): void {}
