// Names of checkpoint folders: `step-00000100`, so that a listing by name is one by step.

/** The folder of a step's checkpoint. @throws RangeError unless `step` is a whole number ≥ 0 */
export function checkpointName(step: number): string {
  if (!Number.isSafeInteger(step) || step < 0)
    throw new RangeError(`checkpoint: step must be a whole number ≥ 0, got ${step}`);
  return `step-${String(step).padStart(8, "0")}`;
}

/** The step of a checkpoint's folder, or undefined for any other name (a half-written one's, for example). */
export function parseCheckpointName(name: string): number | undefined {
  const step = /^step-(\d{8,15})$/.exec(name)?.[1];
  return step !== undefined && checkpointName(Number(step)) === name ? Number(step) : undefined;
}
