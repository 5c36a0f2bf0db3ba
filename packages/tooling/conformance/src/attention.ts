// What attention must compute.

/** Defines the tests for a registered backend. */
export function attention(_backend: string): void {}
