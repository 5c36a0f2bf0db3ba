// What adamw must compute.

/** Defines the tests for a registered backend. */
export function adamw(_backend: string): void {}
