// Which tokens have a role, and which of them stand before and after each text.
//
//   tokenizer.json   post_processor   <s> A </s>
//   GGUF             bos_token_id, eos_token_id, …, and whether each is added: add_bos_token, add_eos_token, add_sep_token
//
// llama.cpp adds one token at most on each side; ChatGLM's two in front have no place in a file.

import { GGUFError } from "../error.js";
import { bool, type MetadataReader, type MetadataValue, uint32 } from "../metadata.js";
import { type AddedToken, type Json, nameOf, own, record, stepsOf } from "./json.js";
import { tokenTypes, type Vocabulary } from "./vocabulary.js";

/** Names of the tokens that have a role, in the families that there are; the first that is there has it. */
const roles = {
  bos: ["<|begin_of_text|>", "<s>", "[CLS]", "<bos>", "[gMASK]", "<|endoftext|>"],
  eos: ["<|end_of_text|>", "</s>", "[SEP]", "<eos>", "<|endoftext|>", "<eop>"],
  eot: ["<|eot_id|>", "<|im_end|>"],
  unknown: ["<unk>", "[UNK]"],
  seperator: ["[SEP]"],
  padding: ["<pad>", "[PAD]"],
  cls: ["[CLS]"],
  mask: ["[MASK]", "<mask>"],
} as const;

/** A role that tokens have, as llama.cpp spells it. */
export type Role = keyof typeof roles;

const keyOf = (role: Role): string => `tokenizer.ggml.${role}_token_id`;

/** The ids that stand before and after each text. */
interface Around {
  before: number[];
  after: number[];
}

/** What a post_processor puts around a single text. */
function aroundOf(json: Json, ids: ReadonlyMap<string, number>): Around {
  for (const step of stepsOf(json, "post_processor")) {
    const type = own(step, "type");
    if (type === "BertProcessing" || type === "RobertaProcessing")
      return { before: [idIn(own(step, "cls"))], after: [idIn(own(step, "sep"))] };
    if (type === "TemplateProcessing") return fromTemplate(step, ids);
  }
  return { before: [], after: [] };
}

function idIn(pair: unknown): number {
  if (Array.isArray(pair) && typeof pair[1] === "number") return pair[1];
  throw new GGUFError("tokenizer.json: post_processor must name its tokens as [token, id]");
}

function fromTemplate(step: Json, ids: ReadonlyMap<string, number>): Around {
  const single = own(step, "single");
  const around: Around = { before: [], after: [] };
  let side = around.before;
  for (const item of Array.isArray(single) ? single : []) {
    const token = own(record(item, "post_processor.single"), "SpecialToken") as Json | undefined;
    if (!token) side = around.after;
    else {
      const id = ids.get(nameOf(own(token, "id")));
      if (id === undefined)
        throw new GGUFError(`tokenizer.json: post_processor names ${nameOf(own(token, "id"))}, which is no token`);
      side.push(id);
    }
  }
  return around;
}

/**
 * Metadata of the tokens with a role.
 *
 * @param known roles that the file's model says
 * @param closing the role of what stands after a text
 */
export function roleMetadata(
  json: Json,
  ids: ReadonlyMap<string, number>,
  known: Partial<Record<Role, number>> = {},
  closing: "eos" | "seperator" = "eos",
): Map<string, MetadataValue> {
  const { before, after } = aroundOf(json, ids);
  const found = new Map<Role, number>();
  for (const [role, names] of Object.entries(roles) as [Role, readonly string[]][]) {
    const name = names.find((each) => ids.has(each));
    if (name !== undefined) found.set(role, ids.get(name) as number);
  }
  for (const [role, id] of Object.entries(known) as [Role, number | undefined][])
    if (id !== undefined) found.set(role, id);
  if (before.length === 1) found.set("bos", before[0] as number);
  if (after.length === 1) found.set(closing, after[0] as number);
  const metadata = new Map([...found].map(([role, id]): [string, MetadataValue] => [keyOf(role), uint32(id)]));
  metadata.set("tokenizer.ggml.add_bos_token", bool(before.length === 1));
  metadata.set("tokenizer.ggml.add_eos_token", bool(closing === "eos" && after.length === 1));
  if (closing === "seperator") metadata.set("tokenizer.ggml.add_sep_token", bool(after.length === 1));
  return metadata;
}

/** What llama.cpp takes where a file says nothing. */
export interface RoleDefaults {
  ids: Partial<Record<Role, number>>;
  addBos: boolean;
  addEos: boolean;
  /** BERT's: a separator after each text of a pair. */
  addSep: boolean;
}

/** The tokens with a role, by what a file says. */
export interface Roles {
  ids: Map<Role, number>;
  /** The post_processor that adds them. */
  postProcessor: object | null;
  /** Tokens that begin or end texts, and are special whatever their type. */
  special: Set<number>;
}

/** Reads the roles. @throws GGUFError for an id that no token has */
export function readRoles(read: MetadataReader, { tokens, types }: Vocabulary, defaults: RoleDefaults): Roles {
  const ids = new Map<Role, number>();
  for (const role of Object.keys(roles) as Role[]) {
    const fallback = defaults.ids[role];
    const id = read.has(keyOf(role)) ? read.number(keyOf(role)) : fallback;
    if (id === undefined) continue;
    if (Number.isInteger(id) && id >= 0 && id < tokens.length) ids.set(role, id);
    else if (read.has(keyOf(role)))
      throw new GGUFError(`metadata "${keyOf(role)}" is ${id}, but the file has ${tokens.length} tokens`);
  }
  const adds = (key: string, fallback: boolean, role: Role): AddedToken[] => {
    const id = ids.get(role);
    const added = id !== undefined && read.boolean(`tokenizer.ggml.${key}_token`, fallback);
    return added ? [{ id, content: tokens[id] as string, special: true }] : [];
  };
  const before = adds("add_bos", defaults.addBos, "bos");
  const separators = adds("add_sep", defaults.addSep, "seperator");
  const after = defaults.addSep ? separators : adds("add_eos", defaults.addEos, "eos");
  const ends = (["bos", "eos", "eot"] as const).flatMap((role) => ids.get(role) ?? []);
  const special = new Set(ends.filter((id) => types[id] === tokenTypes.userDefined));
  return { ids, postProcessor: template(before, after, defaults.addSep), special };
}

function template(before: readonly AddedToken[], after: readonly AddedToken[], pairs: boolean): object | null {
  if (before.length + after.length === 0) return null;
  const special = ({ content }: AddedToken, typeId: number) => ({ SpecialToken: { id: content, type_id: typeId } });
  const around = (id: string, typeId: number, opening: readonly AddedToken[]): object[] => [
    ...opening.map((token) => special(token, typeId)),
    { Sequence: { id, type_id: typeId } },
    ...after.map((token) => special(token, typeId)),
  ];
  const single = around("A", 0, before);
  return {
    type: "TemplateProcessing",
    single,
    pair: [...single, ...around("B", 1, pairs ? [] : before)],
    special_tokens: Object.fromEntries(
      [...before, ...after].map(({ content, id }) => [content, { id: content, ids: [id], tokens: [content] }]),
    ),
  };
}
