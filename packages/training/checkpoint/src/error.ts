// Errors that say what happened to the training run's files, and what did not.

/** A checkpoint could not be written, or is not what was written. `cause` has the system's error. */
export class CheckpointError extends Error {
  override name = "CheckpointError";
}

const reasons: Record<string, string> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EACCES: "there is no permission to write there",
  EPERM: "there is no permission to write there",
};

/** The system's error in words. */
export function reasonOf(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return reasons[code] ? `${reasons[code]} (${code})` : message;
}

/** Whether the error says that a file or folder is not there. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
