// Every kind of stage that tokenizer.json may have, an example or two of each.

type Entry = { readonly type: string } & Readonly<Record<string, unknown>>;

/** sentencepiece's map of one rule, "a" → `replacement`, in base64: a double array of 512 cells, and the replacement. */
export function oneRule(replacement: string): string {
  const cells = new Uint32Array(512);
  cells[97] = ((256 ^ 97) << 10) | 0x100 | 97;
  cells[256] = 0x8000_0000;
  const size = Uint32Array.of(4 * cells.length);
  const parts = [size.buffer, cells.buffer].map((buffer) => Buffer.from(buffer));
  return Buffer.concat([...parts, Buffer.from(`${replacement}\0`)]).toString("base64");
}

const normalizers: Entry[] = [
  ...["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt"].map((type) => ({ type })),
  { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  { type: "Replace", pattern: { String: " " }, content: "▁" },
  { type: "Replace", pattern: { Regex: " {2,}|(a|aa)+b" }, content: " " },
  { type: "Prepend", prepend: "▁" },
  { type: "Strip", strip_left: true, strip_right: true },
  { type: "Precompiled", precompiled_charsmap: oneRule("b") },
];

const preTokenizers: Entry[] = [
  { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
  { type: "ByteLevel", add_prefix_space: false, use_regex: false },
  { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: true },
  { type: "Metaspace", replacement: "_", add_prefix_space: true },
  ...["BertPreTokenizer", "Whitespace", "WhitespaceSplit"].map((type) => ({ type })),
  { type: "Digits", individual_digits: true },
  { type: "Punctuation", behavior: "Contiguous" },
  { type: "CharDelimiterSplit", delimiter: "a" },
  { type: "Split", pattern: { String: "a" }, behavior: "MergedWithNext", invert: false },
  { type: "Split", pattern: { Regex: "(?:\\w+\\s?)*!" }, behavior: "MergedWithPrevious", invert: true },
];

const text = { Sequence: { id: "A", type_id: 0 } };
const around = { sep: ["[SEP]", 1], cls: ["[CLS]", 0] };
const postProcessors: Entry[] = [
  { type: "BertProcessing", ...around },
  { type: "RobertaProcessing", ...around, trim_offsets: true, add_prefix_space: false },
  { type: "ByteLevel", add_prefix_space: true, trim_offsets: true },
  {
    type: "TemplateProcessing",
    single: [{ SpecialToken: { id: "[CLS]", type_id: 0 } }, text],
    pair: [text, { Sequence: { id: "B", type_id: 1 } }],
    special_tokens: { "[CLS]": { id: "[CLS]", ids: [0, 1], tokens: ["[CLS]", "[SEP]"] } },
  },
];

const decoders: Entry[] = [
  ...["ByteLevel", "ByteFallback", "Fuse", "WordPiece", "Metaspace", "BPEDecoder", "CTC"].map((type) => ({ type })),
  { type: "WordPiece", prefix: "", cleanup: false },
  { type: "Metaspace", replacement: "_", prepend_scheme: "never" },
  { type: "BPEDecoder", suffix: "" },
  { type: "CTC", pad_token: "", word_delimiter_token: "a", cleanup: true },
  { type: "Replace", pattern: { String: "▁" }, content: " " },
  { type: "Replace", pattern: { Regex: "(?:a*)*" }, content: "-" },
  { type: "Strip", content: " ", start: 1, stop: 2 ** 31 },
];

/** Name of the stage in the file → its kinds, and what a sequence of them is listed under. */
export const stages: Readonly<Record<string, { list: string; entries: readonly Entry[] }>> = {
  normalizer: { list: "normalizers", entries: normalizers },
  pre_tokenizer: { list: "pretokenizers", entries: preTokenizers },
  post_processor: { list: "processors", entries: postProcessors },
  decoder: { list: "decoders", entries: decoders },
};
