// What stands around a text, or two: <s>, [CLS], [SEP]; and whether offsets leave out the blanks at a token's ends.
//
// All post-processors of tokenizer.json say the same thing in different words, a list of what comes after what; so here they
// become one template each.
//
//   BertProcessing     [CLS] A [SEP]     [CLS] A [SEP] B [SEP]        the second text, and what follows, is of type 1
//   RobertaProcessing  <s> A </s>        <s> A </s> </s> B </s>       all is of type 0
//
// Source: the post-processors of Hugging Face's tokenizers.

import { array, fail, field, id, type JsonObject, object, string } from "./check.js";
import { TokenizerError } from "./error.js";
import { checkStage } from "./stage/limits.js";

/** A place in a template: a text, or special tokens. */
export type TemplateItem =
  | { sequence: 0 | 1; typeId: number }
  | { ids: readonly number[]; tokens: readonly string[]; typeId: number };

/** What stands around texts. */
export interface PostProcessor {
  readonly single: readonly TemplateItem[];
  readonly pair: readonly TemplateItem[];
  /** Whether offsets leave out white space at a token's ends; "keepPrefix" leaves the first blank in. */
  readonly trimOffsets: "none" | "all" | "keepPrefix";
  /** tokenizer.json's entry. */
  readonly json: object | null;
}

const A = { sequence: 0, typeId: 0 } as const;

/** Nothing around the text. */
export const noPostProcessor: PostProcessor = {
  single: [A],
  pair: [A, { sequence: 1, typeId: 1 }],
  trimOffsets: "none",
  json: null,
};

/** A post-processor as tokenizer.json describes it. Throws TokenizerError. */
export function postProcessor(json: unknown): PostProcessor {
  if (json === undefined || json === null) return noPostProcessor;
  const value = object(json, "post_processor");
  checkStage(value, "post_processor");
  return { ...read(value, "post_processor", 0), json: value };
}

type Parts = Omit<PostProcessor, "json">;

function read(value: JsonObject, path: string, depth: number): Parts {
  const type = field(value, "type");
  if (type === "TemplateProcessing") return readTemplate(value, path);
  if (type === "BertProcessing") return { ...around(value, path, "bert"), trimOffsets: "none" };
  if (type === "RobertaProcessing") return { ...around(value, path, "roberta"), trimOffsets: readTrim(value) };
  if (type === "ByteLevel") return { ...noPostProcessor, trimOffsets: readTrim(value) };
  if (type === "Sequence" && depth < 8) {
    const processors = array(field(value, "processors"), `${path}.processors`).map((each, i) => {
      const inner = `${path}.processors[${i}]`;
      return read(object(each, inner), inner, depth + 1);
    });
    return join(processors, path);
  }
  const known = "TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel, Sequence";
  return fail(`${path}.type`, `one of ${known}`, type);
}

/** One after the other: at most one may put tokens around, as what a second would do depends on the first in odd ways. */
function join(processors: readonly Parts[], path: string): Parts {
  const templates = processors.filter(({ single }) => single.length > 1);
  if (templates.length > 1) throw new TokenizerError(`tokenizer.json: ${path} must have one template, got several`);
  const { single, pair } =
    templates[0] ?? processors.find((each) => each.pair !== noPostProcessor.pair) ?? noPostProcessor;
  return { single, pair, trimOffsets: processors.find((each) => each.trimOffsets !== "none")?.trimOffsets ?? "none" };
}

function readTrim(value: JsonObject): PostProcessor["trimOffsets"] {
  if (field(value, "trim_offsets") === false) return "none";
  return field(value, "add_prefix_space") === false ? "all" : "keepPrefix";
}

function around(value: JsonObject, path: string, style: "bert" | "roberta"): Pick<Parts, "single" | "pair"> {
  const special = (name: "cls" | "sep", typeId: number): TemplateItem => {
    const entry = array(field(value, name), `${path}.${name}`);
    return {
      tokens: [string(entry[0], `${path}.${name}[0]`)],
      ids: [id(entry[1], `${path}.${name}[1]`)],
      typeId,
    };
  };
  const second = style === "bert" ? 1 : 0;
  const single = [special("cls", 0), A, special("sep", 0)];
  const between = style === "bert" ? [] : [special("sep", 0)];
  return { single, pair: [...single, ...between, { sequence: 1, typeId: second }, special("sep", second)] };
}

function readTemplate(value: JsonObject, path: string): Parts {
  const special = object(field(value, "special_tokens") ?? {}, `${path}.special_tokens`);
  const items = (name: string): TemplateItem[] =>
    array(field(value, name), `${path}.${name}`).map((each, i) => readItem(each, special, `${path}.${name}[${i}]`));
  const [single, pair] = [items("single"), items("pair")];
  const second = single.findIndex((item) => "sequence" in item && item.sequence === 1);
  if (second !== -1) fail(`${path}.single[${second}].Sequence.id`, '"A", as there is one text', "B");
  return { single: short(single, `${path}.single`), pair: short(pair, `${path}.pair`), trimOffsets: "none" };
}

/** Published templates have a handful of entries, and each text gets all of them. */
const MAX_TEMPLATE = 1024;

function short(items: TemplateItem[], path: string): TemplateItem[] {
  const size = items.reduce((sum, item) => sum + ("ids" in item ? item.ids.length : 1), 0);
  return size <= MAX_TEMPLATE ? items : fail(path, `${MAX_TEMPLATE} tokens at most`, size);
}

function readItem(value: unknown, special: JsonObject, path: string): TemplateItem {
  const item = object(value, path);
  const sequence = field(item, "Sequence");
  if (sequence !== undefined) {
    const inner = object(sequence, `${path}.Sequence`);
    const name = field(inner, "id");
    if (name !== "A" && name !== "B") fail(`${path}.Sequence.id`, '"A" or "B"', name);
    return { sequence: name === "A" ? 0 : 1, typeId: id(field(inner, "type_id") ?? 0, `${path}.Sequence.type_id`) };
  }
  const inner = object(field(item, "SpecialToken"), `${path}.SpecialToken`);
  const name = string(field(inner, "id"), `${path}.SpecialToken.id`);
  const token = object(field(special, name), `special_tokens[${JSON.stringify(name)}]`);
  const ids = array(field(token, "ids"), `special_tokens[${JSON.stringify(name)}].ids`).map((each, i) =>
    id(each, `special_tokens[${JSON.stringify(name)}].ids[${i}]`),
  );
  const tokens = array(field(token, "tokens") ?? [], "special_tokens.tokens").map((each) => string(each, "a token"));
  return { ids, tokens: ids.map((_, i) => tokens[i] ?? name), typeId: id(field(inner, "type_id") ?? 0, path) };
}
