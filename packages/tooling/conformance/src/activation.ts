// What activation must compute.

/** Defines the tests for a registered backend. */
export function activation(_backend: string): void {}
