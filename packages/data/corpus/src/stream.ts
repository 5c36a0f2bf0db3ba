// From a stream of text to documents, with one document or one part of a large one in memory.

import { type Document, hasText, parseLine } from "./document.js";
import { CorpusError } from "./error.js";

/** What the documents of a stream need. */
export interface StreamOptions {
  /** The documents' id. */
  id: string;
  /** Ends a document within a text, such as `<|endoftext|>`. */
  separator?: string;
  /** The most UTF-16 units in one document; a longer text comes in parts, a longer line of JSON is an error. */
  maxLength: number;
}

/** A text as one document, or as parts that joined are the text; or, with a separator, as several. */
export async function* textDocuments(pieces: AsyncIterable<string>, options: StreamOptions): AsyncGenerator<Document> {
  const { id, separator, maxLength } = options;
  let text = "";
  let continued = false;

  function* emit(part: string, continues: boolean): Generator<Document> {
    // A blank document is none, but a blank part belongs to its document.
    if (continued || continues || hasText(part)) yield continues ? { id, text: part, continues } : { id, text: part };
    continued = continues;
  }

  /** Emits what is complete in `text`; `slack` is how far a separator that has just begun may reach. */
  function* drain(slack: number): Generator<Document> {
    for (;;) {
      const end = separator ? text.indexOf(separator) : -1;
      if (end >= 0 && end <= maxLength) {
        yield* emit(text.slice(0, end), false);
        text = text.slice(end + (separator as string).length);
      } else if (text.length > maxLength + slack) {
        const at = cutPoint(text, maxLength);
        yield* emit(text.slice(0, at), true);
        text = text.slice(at);
      } else return;
    }
  }

  for await (const piece of pieces) {
    text += piece;
    yield* drain(separator?.length ?? 0);
  }
  yield* drain(0);
  yield* emit(text, false);
}

/**
 * Where to cut a text that is longer than `limit`: where pre-tokenizers cut too, after a line or before a space;
 * otherwise between two letters.
 */
export function cutPoint(text: string, limit: number): number {
  const isSpace = (at: number) => /\s/.test(text[at] as string);
  for (let at = limit; at > limit / 2; at--) if (text[at - 1] === "\n" && !isSpace(at)) return at;
  for (let at = limit; at > limit / 2; at--) if (text[at] === " " && !isSpace(at - 1)) return at;
  const low = text.charCodeAt(limit);
  return limit > 1 && low >= 0xdc00 && low <= 0xdfff ? limit - 1 : limit;
}

/** One document for each line of JSON. */
export async function* lineDocuments(
  pieces: AsyncIterable<string>,
  { id, field, maxLength }: StreamOptions & { field: string },
): AsyncGenerator<Document> {
  let number = 0;
  for await (const line of lines(pieces, () => `${id}, line ${number + 1}`, maxLength)) {
    number++;
    const document = parseLine(line, { id, field, number });
    if (document && hasText(document.text)) yield document;
  }
}

async function* lines(pieces: AsyncIterable<string>, place: () => string, maxLength: number): AsyncGenerator<string> {
  let line = "";
  for await (const piece of pieces) {
    const parts = piece.split("\n");
    parts[0] = line + parts[0];
    line = parts.pop() as string;
    yield* parts;
    if (line.length > maxLength) {
      throw new CorpusError(`${place()}: is longer than ${maxLength} characters; is this one JSON object a line?`);
    }
  }
  if (line) yield line;
}
