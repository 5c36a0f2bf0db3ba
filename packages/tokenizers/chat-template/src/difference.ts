// What the assistant wrote, for templates that do not say: by comparing texts of the conversation cut at each message.
//
//   start   behind the text before the message, with the opening of an answer: all that the model was given
//   end     behind the text with the message: all that it wrote, the end of its turn included
//
// Both hold only as far as the whole text begins with them, and templates that rewrite earlier messages (some leave out what
// the assistant thought) break that. Then a mark in place of the message's content says where the content stands, and what
// follows the mark where the conversation ends there is the end of a turn.

import type { ChatMessage } from "./chat-template.js";
import { ChatTemplateError } from "./error.js";
import type { Span } from "./generation.js";

/** Renders some messages. */
export type Render = (messages: readonly ChatMessage[], addGenerationPrompt: boolean) => string;

const MARK = "\u{f8ff}mark\u{f8ff}";

/** Where in the text of messages, without the opening of an answer, the words of each of the assistant's messages are. */
export function differenceSpans(text: string, messages: readonly ChatMessage[], render: Render): Span[] {
  const spans: Span[] = [];
  messages.forEach((message, i) => {
    if (message.role !== "assistant") return;
    const content = contentSpan(text, messages, i, render);
    const start = startOf(text, messages, i, render) ?? content?.[0];
    const end = endOf(text, messages, i, render, content);
    if (start === undefined || end === undefined || end < start) {
      throw new ChatTemplateError(
        `ChatTemplate: cannot tell where message ${i}, the assistant's, stands in the text: the template rewrites it; ` +
          "give the template {% generation %} blocks",
      );
    }
    if (end > start) spans.push([start, end]);
  });
  return spans;
}

function startOf(text: string, messages: readonly ChatMessage[], i: number, render: Render): number | undefined {
  const before = attempt(() => render(messages.slice(0, i), true));
  // A template that opens no answers says nothing about where one begins.
  if (before === attempt(() => render(messages.slice(0, i), false))) return undefined;
  return before !== undefined && text.startsWith(before) ? before.length : undefined;
}

function endOf(
  text: string,
  messages: readonly ChatMessage[],
  i: number,
  render: Render,
  content: Span | undefined,
): number | undefined {
  const until = attempt(() => render(messages.slice(0, i + 1), false));
  if (until !== undefined && text.startsWith(until)) {
    return content && until.length >= content[1] ? content[1] + turnEnd(until.slice(content[1])) : until.length;
  }
  if (!content) return undefined;
  const tail = around(messages.slice(0, i + 1), i, render)?.after ?? "";
  return content[1] + (text.startsWith(tail, content[1]) ? turnEnd(tail) : 0);
}

/** White space behind the token that ends a turn is the template's, not the model's. */
function turnEnd(tail: string): number {
  return tail.trim() === "" ? tail.length : tail.trimEnd().length;
}

/** Where the content stands: what surrounds a mark in its place must be in the text too. */
function contentSpan(text: string, messages: readonly ChatMessage[], i: number, render: Render): Span | undefined {
  const found = around(messages, i, render);
  if (!found || !text.startsWith(found.before) || !text.endsWith(found.after)) return undefined;
  const [start, end] = [found.before.length, text.length - found.after.length];
  return end >= start ? [start, end] : undefined;
}

/** What stands before and after a mark in place of a message's content. */
function around(
  messages: readonly ChatMessage[],
  i: number,
  render: Render,
): { before: string; after: string } | undefined {
  if (typeof messages[i]!.content !== "string") return undefined;
  const marked = messages.map((message, k) => (k === i ? { ...message, content: MARK } : message));
  const parts = attempt(() => render(marked, false))?.split(MARK) ?? [];
  return parts.length === 2 ? { before: parts[0]!, after: parts[1]! } : undefined;
}

/** A template may refuse a part of a conversation, such as none, or one that ends with the user. */
function attempt(render: () => string): string | undefined {
  try {
    return render();
  } catch (error) {
    if (error instanceof ChatTemplateError) return undefined;
    throw error;
  }
}
