// Reads files, folders and addresses as a stream of documents; nothing is in memory but the part being read.

import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { createGunzip } from "node:zlib";
import type { Document } from "./document.js";
import { CorpusError } from "./error.js";
import { defaultExtensions, findSources, isUrl, type Source } from "./find.js";
import { lineDocuments, textDocuments } from "./stream.js";
import { decodeUtf8 } from "./utf8.js";

/** What to read, and how. */
export interface ReadOptions {
  /** Of JSON lines: the field with the text. Default "text". */
  field?: string;
  /** Ends a document within a text, such as `<|endoftext|>`. Default: a file is one document. */
  separator?: string;
  /** The endings of the files to read in folders. Default .txt .md .jsonl .ts, each also with .gz after it. */
  extensions?: readonly string[];
  /** The most UTF-16 units in one document; a longer text comes in parts. Default 4 million. */
  maxLength?: number;
  /** Ends a download. */
  signal?: AbortSignal;
}

/**
 * The documents in files, folders and at http(s) addresses, in the given order, folders sorted by path.
 *
 * Text must be UTF-8; a byte-order mark is dropped. Files that end in .jsonl have one JSON object a line, in .gz are
 * unpacked, all others are text.
 *
 * @throws CorpusError for what cannot be read, is not UTF-8 or JSON lines, or when there is no text at all
 */
export async function* readDocuments(
  paths: string | readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<Document> {
  const { extensions = defaultExtensions, maxLength = 2 ** 22 } = options;
  if (!Number.isSafeInteger(maxLength) || maxLength < 1) {
    throw new RangeError(`readDocuments: maxLength must be a whole number ≥ 1, got ${maxLength}`);
  }
  const all = typeof paths === "string" ? [paths] : paths;
  let count = 0;
  for (const path of all) {
    for (const source of await findSources(path, extensions)) {
      for await (const document of readSource(source, { ...options, maxLength })) {
        count++;
        yield document;
      }
    }
  }
  if (count === 0) throw new CorpusError(`there is no text in ${all.join(", ") || "an empty list of paths"}`);
}

async function* readSource(
  { location, id }: Source,
  options: ReadOptions & { maxLength: number },
): AsyncGenerator<Document> {
  const { field = "text", separator, maxLength, signal } = options;
  const name = (isUrl(location) ? new URL(location).pathname : location).toLowerCase();
  const bytes = isUrl(location)
    ? await download(location, signal)
    : createReadStream(location, { highWaterMark: 2 ** 20 });
  const pieces = decodeUtf8(readable(name.endsWith(".gz") ? unpack(bytes) : bytes, location), location);
  if (/\.jsonl(\.gz)?$/.test(name))
    yield* lineDocuments(pieces, { id, field, maxLength: Math.max(maxLength, 2 ** 26) });
  else yield* textDocuments(pieces, { id, separator, maxLength });
}

function unpack(bytes: Readable): Readable {
  // An error of the source arrives through the unpacked stream.
  return pipeline(bytes, createGunzip(), () => {});
}

/** The stream's chunks, with errors that name the file. */
async function* readable(stream: Readable, location: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    const problem = code.startsWith("Z_") ? "is no gzip file, or is cut off" : "cannot be read";
    throw new CorpusError(`${location}: ${problem}: ${message}`, { cause });
  }
}

async function download(url: string, signal?: AbortSignal): Promise<Readable> {
  const response = await fetch(url, { signal }).catch((error) => {
    const reason = (error.cause as Error | undefined)?.message ?? (error as Error).message;
    throw new CorpusError(`${url}: cannot be fetched: ${reason}`, { cause: error });
  });
  if (!response.ok || !response.body)
    throw new CorpusError(`${url}: the server answers ${response.status} ${response.statusText}`);
  if (response.headers.get("content-type")?.includes("text/html")) {
    await response.body.cancel();
    throw new CorpusError(`${url}: is a web page, not a text; give the address of the file itself`);
  }
  return Readable.fromWeb(response.body as ReadableStream);
}
