// What embedding must compute.

/** Defines the tests for a registered backend. */
export function embedding(_backend: string): void {}
