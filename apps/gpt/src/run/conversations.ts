// Conversations for fine-tuning: JSON Lines → messages → token ids with labels → packed batches.

import { readFile } from "node:fs/promises";
import { shiftLabels } from "@llm/causal-lm";
import { attentionPattern } from "@llm/objective";
import { type PackedSequence, packSequences } from "@llm/packing";
import { Random } from "@llm/random";
import { type ChatFormatName, encodeConversation, type Message } from "@llm/sft";
import type { Tokenizer } from "@llm/tokenizer";
import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { z } from "zod";
import { UserError } from "../ui/error.js";

const message = z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() });
const record = z.union([
  z.object({ messages: z.array(message).min(1) }),
  z.object({ prompt: z.string(), completion: z.string() }),
]);

/** Reads JSON Lines of {messages} or {prompt, completion}. */
export async function readConversations(paths: readonly string[]): Promise<Message[][]> {
  const conversations: Message[][] = [];
  for (const path of paths) {
    const text = await readFile(path, "utf8").catch((error: Error) => {
      throw new UserError(`cannot read the conversations ${path}: ${error.message}`);
    });
    for (const [i, line] of text.split("\n").entries()) {
      if (line.trim() !== "") conversations.push(parseLine(line, `${path}:${i + 1}`));
    }
  }
  if (conversations.length < 2)
    throw new UserError(`${paths.join(", ")}: at least 2 conversations are needed, got ${conversations.length}`);
  return conversations;
}

function parseLine(line: string, where: string): Message[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new UserError(`${where}: not JSON: ${(error as Error).message}`);
  }
  const parsed = record.safeParse(value);
  if (!parsed.success)
    throw new UserError(`${where}: expected {"messages": [{"role", "content"}, …]} or {"prompt", "completion"}`);
  const { data } = parsed;
  if ("messages" in data) return data.messages;
  return [
    { role: "user", content: data.prompt },
    { role: "assistant", content: data.completion },
  ];
}

/** Training and held-out conversations: given apart, or drawn by the seed. */
export async function loadConversations({
  data,
  validationData,
  validation,
  seed,
}: ConversationSource): Promise<{ train: Message[][]; heldOut: Message[][] }> {
  const all = await readConversations(data);
  if (validationData) return { train: all, heldOut: await readConversations(validationData) };
  const order = new Random(seed).fork("held-out").permutation(all.length);
  const count = Math.min(all.length - 1, Math.max(1, Math.round(all.length * validation)));
  const pick = (from: number, to: number): Message[][] =>
    Array.from(order.subarray(from, to), (i) => all[i] as Message[]);
  return { heldOut: pick(0, count), train: pick(count, all.length) };
}

/** Where conversations come from, as the configuration says it. */
export interface ConversationSource {
  data: string[];
  validationData?: string[];
  validation: number;
  seed: number;
}

/** A row of tokens with several conversations, which never attend to each other. */
export interface ConversationBatch {
  inputs: Int32Array;
  targets: Int32Array;
  segments: Int32Array;
  batch: number;
  context: number;
}

/** Encodes and packs conversations into rows of `context` tokens; longer ones are left out and counted. */
export function packConversations(
  conversations: readonly Message[][],
  {
    tokenizer,
    format,
    context,
    strategy,
  }: { tokenizer: Tokenizer; format: ChatFormatName; context: number; strategy: "first-fit" | "none" },
): { rows: PackedSequence[]; skipped: number } {
  const encode = (text: string, { special }: { special: boolean }): number[] =>
    tokenizer.encode(text, special ? { allowedSpecial: "all" } : { disallowedSpecial: "text" });
  const encoded = conversations.map((messages) => encodeConversation(messages, { encode, format }));
  const fitting = encoded.filter(({ ids }) => ids.length <= context);
  if (fitting.length === 0) throw new UserError(`no conversation fits into ${context} tokens; take a larger context`);
  return {
    rows: packSequences(fitting, { length: context, padId: 0, strategy }),
    skipped: encoded.length - fitting.length,
  };
}

/** A batch of some rows. */
export function conversationBatch(rows: readonly PackedSequence[]): ConversationBatch {
  const context = (rows[0] as PackedSequence).ids.length;
  const join = (key: "ids" | "segments"): Int32Array => Int32Array.from(rows.flatMap((row) => Array.from(row[key])));
  const labels = rows.flatMap((row) => Array.from(row.labels));
  return {
    inputs: join("ids"),
    targets: shiftLabels(labels, { context }),
    segments: join("segments"),
    batch: rows.length,
    context,
  };
}

/**
 * Who sees whom when what comes before the first answer of a conversation is read in both directions.
 *
 * @returns boolean [batch, 1, context, context]
 */
export function prefixMask({ inputs, targets, segments, batch: rows, context: length }: ConversationBatch): Tensor {
  const open = new Uint8Array(inputs.length);
  for (let start = 0; start < inputs.length; ) {
    let end = start + 1;
    while (end % length !== 0 && segments[end] === segments[start]) end++;
    // The last token before the answer predicts its first one, and may be seen by all before it.
    const first = targets.subarray(start, end).findIndex((target) => target >= 0);
    open.fill(1, start, start + first + 1);
    start = end;
  }
  const positions = new Int32Array(inputs.length);
  const pattern = attentionPattern({ inputs, targets, segments, positions, open, rows, length });
  return tensor(pattern, [rows, 1, length, length], "bool");
}

/** The rows of a step: epochs in an order that depends on the seed alone. */
export function rowsAt(
  rows: readonly PackedSequence[],
  { step, batch, seed }: { step: number; batch: number; seed: number },
): PackedSequence[] {
  return Array.from({ length: batch }, (_, i) => {
    const index = step * batch + i;
    const order = permutation(rows.length, seed, Math.floor(index / rows.length));
    return rows[order[index % rows.length] as number] as PackedSequence;
  });
}

const cache = new Map<string, Uint32Array>();

function permutation(n: number, seed: number, epoch: number): Uint32Array {
  const key = `${n} ${seed} ${epoch}`;
  const known = cache.get(key);
  if (known) return known;
  const order = new Random(seed).fork("epoch", epoch).permutation(n);
  if (cache.size > 2) cache.clear();
  cache.set(key, order);
  return order;
}
