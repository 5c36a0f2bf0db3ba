/** Something the user can mend: shown as one line without a stack, exit code 1. */
export class UserError extends Error {
  override readonly name: string = "UserError";
}

/** Ctrl-C ended the work, and what was done is saved: exit code 130. */
export class Interrupted extends Error {
  override readonly name: string = "Interrupted";
}

/** One line for the terminal: messages of known errors, the stack of surprises only with LLM_DEBUG. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const system = (error as NodeJS.ErrnoException).code;
  const hint = system ? hints[system] : undefined;
  const text = hint ? `${error.message} (${hint})` : error.message;
  return process.env.LLM_DEBUG ? (error.stack ?? text) : text;
}

const hints: Record<string, string> = {
  ENOSPC: "the disk is full; what was saved before is intact",
  EACCES: "permission denied",
  EROFS: "the file system is read-only",
  ENOENT: "there is no such file or folder",
};
