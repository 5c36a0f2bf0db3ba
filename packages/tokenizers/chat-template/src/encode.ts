// From a conversation to token ids and a mask of those that the assistant wrote.
//
// A message whose content has the text of a special token must not become that token, or whoever writes the message can
// end the turn and speak for somebody else. So such text is found before rendering, kept apart by a mark while the template
// runs, and encoded as the ordinary text that it is.

import type { ChatMessage, ChatTemplate, RenderOptions } from "./chat-template.js";
import { ChatTemplateError } from "./error.js";
import type { Span } from "./generation.js";

/** What is needed of a tokenizer; `Tokenizer` of @llm/tokenizer has it. */
export interface ChatTokenizer {
  /** Special token → id. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /** Ids with the stretches of text that they come from. */
  tokenize(
    text: string,
    options: { addSpecialTokens: boolean; allowedSpecial: "all" | string[]; disallowedSpecial: "text" },
  ): { ids: number[]; offsets: [number, number][] };
}

/** Options of `encodeChat`. */
export interface EncodeChatOptions extends RenderOptions {
  /** What the text of a special token in a message is: ordinary text (default), or an error. */
  specialInContent?: "text" | "error";
}

/** A conversation as ids. */
export interface EncodedChat {
  text: string;
  ids: number[];
  /** 1 for each id that the assistant wrote, in part at least. */
  assistantMask: (0 | 1)[];
}

const GUARD = "\u{f8fe}\u{f8fd}\u{f8fe}";

/** The ids of a conversation, and which of them the assistant wrote. Throws ChatTemplateError. */
export function encodeChat(
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  tokenizer: ChatTokenizer,
  { specialInContent = "text", ...options }: EncodeChatOptions = {},
): EncodedChat {
  const guarded = messages.map((message) => guard(message, tokenizer, specialInContent)) as ChatMessage[];
  const rendered = template.renderWithSpans(guarded, options);
  const ids: number[] = [];
  const assistantMask: (0 | 1)[] = [];
  let [text, at] = ["", 0];
  // Behind each guard stands the text of a special token, up to the guard that closes it.
  rendered.text.split(GUARD).forEach((part, i) => {
    const allowedSpecial = i % 2 === 0 ? "all" : [];
    const encoded = tokenizer.tokenize(part, { addSpecialTokens: false, allowedSpecial, disallowedSpecial: "text" });
    const shift = at;
    encoded.ids.forEach((id, k) => {
      const [start, end] = encoded.offsets[k]!;
      ids.push(id);
      assistantMask.push(within(rendered.assistant, start + shift, end + shift) ? 1 : 0);
    });
    text += part;
    at += part.length + GUARD.length;
  });
  return { text, ids, assistantMask };
}

function within(spans: readonly Span[], start: number, end: number): boolean {
  return spans.some(([from, to]) => start < to && end > from);
}

/** The value with a guard around each special token in its texts. */
function guard(value: unknown, tokenizer: ChatTokenizer, special: "text" | "error"): unknown {
  if (typeof value === "string") return guardText(value, tokenizer, special);
  if (Array.isArray(value)) return value.map((each) => guard(each, tokenizer, special));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, guard(each, tokenizer, special)]));
}

function guardText(text: string, { specialTokens }: ChatTokenizer, special: "text" | "error"): string {
  if (text.includes(GUARD)) throw new ChatTemplateError("encodeChat: a message holds private-use marks; remove them");
  const tokens = [...specialTokens.keys()].filter((token) => text.includes(token)).sort((a, b) => b.length - a.length);
  if (tokens.length === 0) return text;
  if (special === "error") {
    throw new ChatTemplateError(`encodeChat: a message has the special token ${JSON.stringify(tokens[0])} in its text`);
  }
  const expression = new RegExp(tokens.map((token) => token.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|"), "g");
  return text.replace(expression, (token) => `${GUARD}${token}${GUARD}`);
}
