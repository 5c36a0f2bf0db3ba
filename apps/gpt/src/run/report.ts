// `report.html`: the curves and samples of a run in one file that needs nothing else. Plots by uPlot.

import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { EvaluationRecord, MetricsRecord, SampleRecord, StepRecord } from "./metrics.js";

/** What the report shows beside the curves. */
export interface ReportFacts {
  title: string;
  /** Rows of the table of settings. */
  settings: Record<string, unknown>;
}

const require = createRequire(import.meta.url);
const MAX_POINTS = 2000;

/** Writes the report of a run's records. */
export async function writeReport(path: string, records: readonly MetricsRecord[], facts: ReportFacts): Promise<void> {
  const [script, style] = await Promise.all([
    readFile(require.resolve("uplot/dist/uPlot.iife.min.js"), "utf8"),
    readFile(require.resolve("uplot/dist/uPlot.min.css"), "utf8"),
  ]);
  await writeFile(path, page(script, style, records, facts));
}

function page(
  script: string,
  style: string,
  records: readonly MetricsRecord[],
  { title, settings }: ReportFacts,
): string {
  const steps = thin(records.filter((r): r is StepRecord => r.kind === "step" && Number.isFinite(r.loss)));
  const evaluations = records.filter((r): r is EvaluationRecord => r.kind === "evaluation");
  const samples = records.filter((r): r is SampleRecord => r.kind === "sample");
  const last = evaluations.at(-1);
  const summary = [
    ["steps", steps.at(-1)?.step ?? 0],
    ["training loss", steps.at(-1)?.loss.toFixed(3) ?? "–"],
    ["validation loss", last?.loss.toFixed(3) ?? "–"],
    ["perplexity", last?.perplexity.toFixed(2) ?? "–"],
    ["bits per byte", last?.bitsPerByte?.toFixed(3) ?? "–"],
  ].map(([name, value]) => `<div><b>${value}</b>${name}</div>`);
  const rows = Object.entries(settings).map(
    ([key, value]) =>
      `<tr><th>${escapeHtml(key)}</th><td>${escapeHtml(typeof value === "string" ? value : JSON.stringify(value))}</td></tr>`,
  );
  const texts = samples.map(
    ({ step, text }) => `<details open><summary>step ${step}</summary><pre>${escapeHtml(text)}</pre></details>`,
  );
  const data = JSON.stringify({ steps, evaluations }).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${style}
${pageStyle}</style></head>
<body><h1>${escapeHtml(title)}</h1>
<section class="summary">${summary.join("")}</section>
<section id="charts"></section>
${texts.length > 0 ? `<h2>Samples</h2>${texts.join("\n")}` : ""}
<h2>Settings</h2><table>${rows.join("")}</table>
<script>${script}</script>
<script id="data" type="application/json">${data}</script>
<script>${charts}</script>
</body></html>
`;
}

/** At most MAX_POINTS records, each the mean of its neighbors' loss, so that the curve stays readable. */
function thin(steps: StepRecord[]): StepRecord[] {
  const size = Math.ceil(steps.length / MAX_POINTS);
  if (size <= 1) return steps;
  return Array.from({ length: Math.ceil(steps.length / size) }, (_, i) => {
    const group = steps.slice(i * size, (i + 1) * size);
    const mean = (key: "loss" | "gradNorm" | "tokensPerSecond"): number =>
      group.reduce((s, r) => s + r[key], 0) / group.length;
    const end = group.at(-1) as StepRecord;
    return { ...end, loss: mean("loss"), gradNorm: mean("gradNorm"), tokensPerSecond: mean("tokensPerSecond") };
  });
}

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const pageStyle = `:root{color-scheme:light dark;--line:#8884;--soft:#888}
body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
.summary{display:flex;flex-wrap:wrap;gap:2rem;margin:1rem 0 2rem}.summary div{color:var(--soft)}.summary b{display:block;font-size:1.5rem;color:CanvasText}
#charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:1.5rem}
.uplot{font:inherit}.u-title{font-size:1rem}.u-legend{font-size:12px}
pre{white-space:pre-wrap;background:#8881;padding:.75rem;border-radius:6px;overflow-wrap:anywhere}
table{border-collapse:collapse}th{text-align:left;font-weight:500;color:var(--soft)}th,td{padding:.15rem 1rem .15rem 0;border-bottom:1px solid var(--line)}`;

// Runs in the reader's browser: four plots over the step number.
const charts = `
const { steps, evaluations } = JSON.parse(document.getElementById("data").textContent);
const host = document.getElementById("charts");
const ink = matchMedia("(prefers-color-scheme: dark)").matches ? "#ccc" : "#444";
const grid = { stroke: "#8883", width: 1 };
const byStep = new Map(evaluations.map((e) => [e.step, e]));
const x = [...new Set([...steps.map((s) => s.step), ...byStep.keys()])].sort((a, b) => a - b);
const stepAt = new Map(steps.map((s) => [s.step, s]));
const column = (map, key) => x.map((step) => map.get(step)?.[key] ?? null);
const tick = (v) => v == null ? "" : v !== 0 && Math.abs(v) < 0.01 ? v.toExponential(1) : v.toLocaleString("en");
function plot(title, series, log) {
  const element = document.createElement("div");
  host.append(element);
  const width = () => Math.max(280, element.clientWidth || 480);
  const chart = new uPlot({
    title, width: width(), height: 260,
    scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
    axes: [{ stroke: ink, grid, label: "step" }, { stroke: ink, grid, size: 64, values: (_, ticks) => ticks.map(tick) }],
    series: [{ label: "step" }, ...series.map(({ label, color, points }) => ({
      label, stroke: color, width: points ? 2 : 1, spanGaps: true, points: { show: !!points, size: 6 },
      value: (_, v) => v == null ? "–" : v.toPrecision(4) }))],
  }, [x, ...series.map((s) => s.data)], element);
  addEventListener("resize", () => chart.setSize({ width: width(), height: 260 }));
}
plot("Loss (nats per token)", [
  { label: "training", color: "#4c78a8", data: column(stepAt, "loss") },
  { label: "validation", color: "#f58518", points: true, data: column(byStep, "loss") },
]);
plot("Gradient norm", [{ label: "norm", color: "#54a24b", data: column(stepAt, "gradNorm") }], true);
plot("Learning rate", [{ label: "rate", color: "#b279a2", data: column(stepAt, "learningRate") }]);
plot("Tokens per second", [{ label: "tokens/s", color: "#e45756", data: column(stepAt, "tokensPerSecond") }]);
`;
