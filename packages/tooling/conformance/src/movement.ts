// What movement must compute.

/** Defines the tests for a registered backend. */
export function movement(_backend: string): void {}
