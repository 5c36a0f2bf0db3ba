// A worker's side of a pool: a tokenizer that answers messages.

import type { MessagePort } from "node:worker_threads";
import type { SpecialTokenOptions } from "../added-tokens.js";
import { tokenizerFromSentencePiece, tokenizerToSentencePiece } from "../format/sentencepiece.js";
import { SentencePieceModel } from "../model/sentencepiece.js";
import { Tokenizer } from "../tokenizer.js";

/** A tokenizer in a form that can be sent. */
export type SentTokenizer = { json: string } | { model: Uint8Array };

/** Texts to encode, joined, since one long string is copied much faster than many short ones, and how long each is. */
export interface Job {
  text: string;
  lengths: Int32Array;
  options: SpecialTokenOptions;
}

/** The ids of all texts, one behind the other, and where those of each end. */
export interface Answer {
  ids?: Int32Array;
  ends?: Int32Array;
  error?: string;
}

/** A tokenizer as it is sent to a worker: what was read from a `.model` as that, the others as tokenizer.json. */
export function toSend(tokenizer: Tokenizer): SentTokenizer {
  if (tokenizer.model instanceof SentencePieceModel) return { model: tokenizerToSentencePiece(tokenizer) };
  return { json: JSON.stringify(tokenizer) };
}

/** Answers each job that comes through the port. Called in workers by `TokenizerPool`. */
export function serveTokenizer(port: MessagePort, sent: SentTokenizer): void {
  const tokenizer = "json" in sent ? Tokenizer.fromJSON(sent.json) : tokenizerFromSentencePiece(sent.model);
  port.on("message", (job: Job) => {
    try {
      const { ids, ends } = encodeAll(tokenizer, job);
      port.postMessage({ ids, ends } satisfies Answer, [ids.buffer, ends.buffer] as ArrayBuffer[]);
    } catch (error) {
      port.postMessage({ error: error instanceof Error ? error.message : String(error) } satisfies Answer);
    }
  });
}

function encodeAll(tokenizer: Tokenizer, { text, lengths, options }: Job): Required<Omit<Answer, "error">> {
  const ends = new Int32Array(lengths.length);
  let ids = new Int32Array((text.length >> 1) + 16);
  let length = 0;
  let start = 0;
  lengths.forEach((characters, i) => {
    const some = tokenizer.encode(text.slice(start, start + characters), options);
    start += characters;
    if (length + some.length > ids.length) {
      const larger = new Int32Array(2 * (length + some.length));
      larger.set(ids.subarray(0, length));
      ids = larger;
    }
    ids.set(some, length);
    length += some.length;
    ends[i] = length;
  });
  return { ids: ids.slice(0, length), ends };
}
