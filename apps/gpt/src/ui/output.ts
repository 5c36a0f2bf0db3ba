// Results: one machine-readable object with --json, words otherwise. Logs never come here.

/** Prints a result on standard output. */
export function printResult(json: boolean | undefined, value: unknown, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text}\n`);
}
