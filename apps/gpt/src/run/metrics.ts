// `metrics.jsonl`: one JSON record a line, appended while a run goes on.

import { appendFile, readFile, writeFile } from "node:fs/promises";

/** One optimizer step. */
export interface StepRecord {
  kind: "step";
  step: number;
  loss: number;
  gradNorm: number;
  learningRate: number;
  tokensPerSecond: number;
  /** Present when the step was left out because something was not finite or out of line. */
  skipped?: true;
}

/** One evaluation on held-out data. */
export interface EvaluationRecord {
  kind: "evaluation";
  step: number;
  loss: number;
  perplexity: number;
  bitsPerByte?: number;
}

/** One sampled text. */
export interface SampleRecord {
  kind: "sample";
  step: number;
  text: string;
}

export type MetricsRecord = StepRecord | EvaluationRecord | SampleRecord;

/** All records of a file; a last line that a crash cut off is left out. A missing file has none. */
export async function readMetrics(path: string): Promise<MetricsRecord[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").flatMap((line): MetricsRecord[] => {
    try {
      return [reviveNonFinite(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

/** Appends a record. */
export async function appendMetrics(path: string, record: MetricsRecord): Promise<void> {
  // JSON has no NaN; a skipped step's figures are kept as text.
  await appendFile(
    path,
    `${JSON.stringify(record, (_, value) => (typeof value === "number" && !Number.isFinite(value) ? `${value}` : value))}\n`,
  );
}

/** Drops what a killed run wrote after its last checkpoint: the resumed run writes those steps again. */
export async function truncateMetrics(path: string, step: number): Promise<void> {
  const kept = (await readMetrics(path)).filter((record) => record.step <= step);
  await writeFile(path, "");
  for (const record of kept) await appendMetrics(path, record);
}

function reviveNonFinite(record: Record<string, unknown>): MetricsRecord {
  for (const key of ["loss", "gradNorm", "perplexity"]) {
    if (typeof record[key] === "string") record[key] = Number(record[key]);
  }
  return record as unknown as MetricsRecord;
}
