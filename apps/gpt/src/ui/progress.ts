// A progress bar with tokens/s and time left on a terminal; a line now and then in a log.

import cliProgress from "cli-progress";
import pc from "picocolors";

/** A running display of long work. */
export interface Progress {
  /** Work done so far, and the figures to show beside it. */
  update(done: number, figures?: string): void;
  /** A line of text above the bar. */
  log(line: string): void;
  stop(): void;
}

const LOG_EVERY_MS = 10_000;

/**
 * Shows progress on standard error, so that standard output stays clean.
 *
 * @param label what is being done
 * @param total amount of work; `done` counts up to it
 * @param start amount done before
 */
export function progress(label: string, total: number, start = 0): Progress {
  return process.stderr.isTTY ? bar(label, total, start) : lines(label, total);
}

function bar(label: string, total: number, start: number): Progress {
  const format = `${pc.bold(label)} {bar} {percentage}% {value}/{total} {figures} ${pc.dim("eta {eta_formatted}")}`;
  const single = new cliProgress.SingleBar(
    { format, stream: process.stderr, hideCursor: true, etaBuffer: 50, barsize: 24, gracefulExit: false },
    cliProgress.Presets.shades_classic,
  );
  single.start(total, start, { figures: "" });
  return {
    update: (done, figures = "") => single.update(done, { figures }),
    log: (line) => process.stderr.write(`\r\x1b[K${line}\n`),
    stop: () => single.stop(),
  };
}

function lines(label: string, total: number): Progress {
  let last = performance.now();
  let text = "";
  let shown = "";
  const show = (): void => {
    if (text !== shown) process.stderr.write(`${text}\n`);
    shown = text;
    last = performance.now();
  };
  return {
    update: (done, figures = "") => {
      text = `${label} ${done}/${total} ${figures}`.trimEnd();
      if (performance.now() - last > LOG_EVERY_MS) show();
    },
    log: (line) => void process.stderr.write(`${line}\n`),
    stop: show,
  };
}

/** A line for people, on standard error. */
export function say(line = ""): void {
  process.stderr.write(`${line}\n`);
}

/** 1234 → "1.2k", 3400000 → "3.4M" */
export function short(value: number): string {
  for (const [size, unit] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (value >= size) return `${(value / size).toFixed(value >= 100 * size ? 0 : 1)}${unit}`;
  }
  return value.toFixed(value >= 100 || Number.isInteger(value) ? 0 : 1);
}
