// A conversation as a list of pieces: the format's own text, in which special tokens count, and what people wrote, in
// which they never do.

import { type ChatFormat, type ChatFormatName, chatFormat, type Message, type RoleFormat } from "./formats.js";

/** A stretch of text that is encoded on its own. */
export interface Piece {
  text: string;
  /** Whether special tokens in the text are to be recognized: true for the format's text, false for content. */
  special: boolean;
  /** Whether the model is to learn it: the assistant's content and its end. */
  learned: boolean;
}

/**
 * The pieces of a whole conversation.
 * @throws Error for no messages, an unknown role, or content that is not text
 */
export function conversationPieces(messages: readonly Message[], format: ChatFormatName | ChatFormat): Piece[] {
  const rules = chatFormat(format);
  if (messages.length === 0) throw new Error("sft: a conversation needs at least one message");
  const pieces = messages.flatMap((message, i): Piece[] => {
    const { prefix, end, gap } = roleOf(rules, message, i);
    const learned = message.role === "assistant";
    return [
      { text: prefix, special: true, learned: false },
      { text: message.content, special: false, learned },
      { text: end, special: true, learned },
      { text: gap, special: true, learned: false },
    ];
  });
  return [{ text: rules.start, special: true, learned: false }, ...pieces].filter(({ text }) => text !== "");
}

/**
 * The pieces of a prompt: the conversation, and the opening of the assistant's answer.
 * @throws Error as `conversationPieces`, and when the last message is the assistant's
 */
export function promptPieces(messages: readonly Message[], format: ChatFormatName | ChatFormat): Piece[] {
  if (messages.at(-1)?.role === "assistant") {
    throw new Error("sft: the last message of a prompt must not be the assistant's, whose turn it is");
  }
  const opening = { text: chatFormat(format).roles.assistant.prefix, special: true, learned: false };
  return [...conversationPieces(messages, format), opening].filter(({ text }) => text !== "");
}

/**
 * The prompt as text, to show or to log. To feed a model use `encodePrompt`: in one text, content that looks like a
 * special token could not be told from one.
 */
export function renderPrompt(messages: readonly Message[], format: ChatFormatName | ChatFormat): string {
  return promptPieces(messages, format)
    .map(({ text }) => text)
    .join("");
}

function roleOf(format: ChatFormat, { role, content }: Message, i: number): RoleFormat {
  if (!Object.hasOwn(format.roles, role)) {
    throw new Error(`sft: message ${i} has the role "${role}"; roles are ${Object.keys(format.roles).join(", ")}`);
  }
  if (typeof content !== "string")
    throw new Error(`sft: the content of message ${i} must be text, got ${typeof content}`);
  return format.roles[role];
}
