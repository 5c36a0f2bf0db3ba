// The tokenizers of well-known models side by side. Nothing in the table but names and published sizes is written by hand: a
// tiny tokenizer of each kind is trained, saved and loaded, and asked.

import { Tokenizer, type TokenizerPresetName, tokenizerPresets, trainPreset } from "@llm/tokenizer";

/** What a tokenizer's row says. */
export interface ComparisonRow {
  model: string;
  kind: string;
  vocabSize: number;
  normalizer: string;
  preTokenizer: string;
  /** What becomes of a character that the vocabulary lacks. */
  unknown: string;
  /** The tokens of 1234567. */
  digits: string;
  /** What stands around a text. */
  template: string;
  file: string;
}

const order: readonly TokenizerPresetName[] = ["llama", "llama3", "chatglm", "falcon", "gpt2", "bert", "t5"];
const TINY = 460;

/** Numbers so often that whatever may be joined is joined. */
const sample: readonly string[] = Array.from(
  { length: 60 },
  (_, i) => `The number 1234567 is ${i % 3 === 0 ? "not " : ""}a word, the word is a number: 1234567 1234567.`,
);

/** The rows of the table. */
export async function comparison(): Promise<ComparisonRow[]> {
  const rows: ComparisonRow[] = [];
  for (const name of order) rows.push(await rowOf(name));
  return rows;
}

async function rowOf(name: TokenizerPresetName): Promise<ComparisonRow> {
  const preset = tokenizerPresets[name];
  const trained = await trainPreset(name, sample, { vocabSize: TINY });
  const tokenizer = Tokenizer.fromJSON(JSON.stringify(trained));
  const json = JSON.parse(JSON.stringify(tokenizer));
  const names = (ids: readonly number[]): string[] => ids.map((id) => tokenizer.idToToken(id) ?? "");
  const inner = tokenizer.encode("a").length;
  const around = tokenizer.tokenize("a");
  const first = around.specialTokensMask.indexOf(0);
  return {
    model: preset.title,
    kind: kindOf(json),
    vocabSize: preset.vocabSize,
    normalizer: stages(json.normalizer, "normalizers"),
    preTokenizer: stages(json.pre_tokenizer, "pretokenizers"),
    unknown: unknownOf(tokenizer, names),
    digits: names(tokenizer.encode(" 1234567"))
      .map((token) => token.replace(/^[▁Ġ]+/, ""))
      .filter((token) => token !== "")
      .join(" "),
    template: [...around.tokens.slice(0, first), "…", ...around.tokens.slice(first + inner)].join(" "),
    file: preset.file,
  };
}

interface Entry {
  type: string;
  [field: string]: unknown;
}

function kindOf({ model, decoder }: { model: Entry; decoder: Entry }): string {
  if (model.type !== "BPE") return model.type;
  return decoder.type === "ByteLevel" ? "BPE on bytes" : "BPE on characters";
}

function stages(entry: (Entry & Record<string, Entry[]>) | null, list: string): string {
  if (entry === null) return "none";
  return (entry.type === "Sequence" ? entry[list]! : [entry]).map(stage).join(", ");
}

/** A stage and what of its settings tells it from others of its type. */
function stage({ type, ...settings }: Entry): string {
  if (type === "Prepend") return `Prepend ${String(settings.prepend)}`;
  if (type === "Replace") return `Replace ${pattern(settings.pattern)} by ${visible(String(settings.content))}`;
  if (type === "Split") return `Split (${String(settings.behavior).toLowerCase()})`;
  if (type === "BertNormalizer")
    return `BertNormalizer${settings.lowercase === true ? " (lower case, no accents)" : ""}`;
  return type;
}

function pattern(value: unknown): string {
  const { String: text, Regex: expression } = value as { String?: string; Regex?: string };
  return visible(text ?? expression ?? "");
}

function visible(text: string): string {
  return text === " " ? "blank" : text;
}

/** 猫 is in none of the vocabularies. */
function unknownOf(tokenizer: Tokenizer, names: (ids: readonly number[]) => string[]): string {
  const tokens = names(tokenizer.encode("猫"));
  if (tokens.some((token) => /^<0x/.test(token))) return "byte fallback";
  if (tokenizer.decode(tokenizer.encode("猫")) === "猫") return "bytes throughout";
  return tokens.filter((token) => token !== "▁").join(" ");
}

/** The table as Markdown. */
export function comparisonPage(rows: readonly ComparisonRow[]): string {
  const columns: [string, (row: ComparisonRow) => string][] = [
    ["model", ({ model }) => model],
    ["kind", ({ kind }) => kind],
    ["vocabulary", ({ vocabSize }) => String(vocabSize)],
    ["normalizer", ({ normalizer }) => normalizer],
    ["pre-tokenizer", ({ preTokenizer }) => preTokenizer],
    ["a character it lacks", ({ unknown }) => `\`${unknown}\``.replace(/`(byte[^`]*)`/, "$1")],
    ["digits of 1234567", ({ digits }) => `\`${digits}\``],
    ["around a text", ({ template }) => `\`${template}\``],
    ["published as", ({ file }) => file],
  ];
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const table = [
    line(columns.map(([title]) => title)),
    line(columns.map(() => "---")),
    ...rows.map((row) => line(columns.map(([, cell]) => cell(row)))),
  ].join("\n");
  return `# The tokenizers of well-known models

${table}

Printed by \`llm tokenizer compare\`: for each model, \`trainPreset\` of \`@llm/tokenizer\` trained a tiny tokenizer of its
kind, which was saved as tokenizer.json, loaded again and asked. Vocabulary sizes are those of the published models.`;
}
