// Published models as tables in Markdown, which is text for people as well.

import { closest } from "fastest-levenshtein";
import { type PublishedModel, publishedModels } from "../families/published.js";
import { UserError } from "../ui/error.js";

/** The models of these names, in this order. */
export function publishedNamed(names: readonly string[]): PublishedModel[] {
  const all = publishedModels();
  return names.map((name) => {
    const found = all.find((each) => each.name === name);
    if (found) return found;
    const near = closest(
      name,
      all.map((each) => each.name),
    );
    throw new UserError(`there is no model "${name}"; did you mean "${near}"? \`llm models\` lists all`);
  });
}

/** A line for each model. */
export function listTable(models: readonly PublishedModel[]): string {
  const head = ["model", "parameters", "layers", "dim", "vocabulary", "package"];
  const rows = models.map((each) => [
    each.name,
    ...[each.parameters, each.layers, each.dim, each.vocabSize].map(grouped),
    each.package,
  ]);
  return table([head, ...rows], [false, true, true, true, true, false]);
}

/** A column for each model, a line for each detail. */
export function compareTable(models: readonly PublishedModel[]): string {
  const details = ["tokenizer", "position", "norm", "activation", "attention", "block", "objective"] as const;
  const line = (title: string, value: (model: PublishedModel) => string): string[] => [title, ...models.map(value)];
  return table([
    line("", ({ name }) => name),
    line("parameters", ({ parameters }) => grouped(parameters)),
    line("layers × dim", ({ layers, dim }) => `${layers} × ${grouped(dim)}`),
    ...details.map((detail) => line(detail, ({ traits }) => traits[detail])),
  ]);
}

/** 1234567 → 1,234,567, wherever it runs. */
const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

function table(rows: readonly string[][], right: readonly boolean[] = []): string {
  const widths = (rows[0] as string[]).map((_, i) => Math.max(3, ...rows.map((row) => (row[i] as string).length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (right[i] ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number))).join(" | ")} |`;
  const rule = widths.map((width, i) => (right[i] ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  const [head, ...body] = rows as [string[], ...string[][]];
  return [line(head), line(rule), ...body.map(line)].join("\n");
}
