// A corpus is a row of documents: texts that have nothing to do with each other.

import { CorpusError } from "./error.js";

/** A text, or a part of a large one. */
export interface Document {
  /** Where it comes from: a file's path, with the line's number for JSON lines; all parts of a text have the same. */
  id: string;
  text: string;
  /** Whether the next document is this one's next part: no end-of-text token belongs between them. */
  continues?: boolean;
}

/** How a file is divided: a text is one document, JSON lines are one a line. */
export type TextFormat = "text" | "jsonl";

/**
 * The documents in a text that is in memory.
 * @throws CorpusError for a line that is no JSON, or has no text in `field`
 */
export function documentsFromText(
  text: string,
  { format = "text", field = "text", id = "text" }: { format?: TextFormat; field?: string; id?: string } = {},
): Document[] {
  const documents =
    format === "text"
      ? [{ id, text }]
      : text.split("\n").map((line, i) => parseLine(line, { id, field, number: i + 1 }));
  return documents.filter((document) => document !== undefined && hasText(document.text)) as Document[];
}

/** The texts between separators such as `<|endoftext|>`, without those that are blank. */
export function splitDocuments(text: string, separator: string): string[] {
  return text.split(separator).filter(hasText);
}

/** Whether there is more than white space. */
export function hasText(text: string): boolean {
  return /\S/.test(text);
}

/** The document in a line of JSON; undefined for a blank line. */
export function parseLine(
  line: string,
  { id, field, number }: { id: string; field: string; number: number },
): Document | undefined {
  if (!hasText(line)) return undefined;
  const place = `${id}, line ${number}`;
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new CorpusError(`${place}: is not valid JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new CorpusError(`${place}: must be an object with the text in its field "${field}"`);
  }
  const text = Object.hasOwn(json, field) ? (json as Record<string, unknown>)[field] : undefined;
  if (typeof text !== "string") {
    throw new CorpusError(
      `${place}: has no text in its field "${field}"; its fields are: ${Object.keys(json).join(", ")}`,
    );
  }
  return { id: `${id}:${number}`, text };
}
