// Supervised fine-tuning: token ids of a conversation, and labels that count on the assistant's words alone.
//
//   ids     <|im_start|> user \n Hi <|im_end|> \n <|im_start|> assistant \n Hello <|im_end|> \n
//   labels       #        #   #  #      #      #        #          #      #  Hello <|im_end|> #
//
// # is -100. Labels are aligned with ids; the shift to next-token targets is left to packing or to `shiftLabels` of
// @llm/causal-lm. Pieces are encoded one by one, so a user who types <|im_end|> gets the characters, not the token.
// Source: Ouyang et al., "Training language models to follow instructions with human feedback", arXiv:2203.02155.

import { type ChatFormat, type ChatFormatName, chatFormat, type Message } from "./formats.js";
import { conversationPieces, type Piece, promptPieces } from "./render.js";

/** Text to token ids. With `special` false, no special token may be recognized in the text. */
export type Encode = (text: string, options: { special: boolean }) => ArrayLike<number>;

/** The tokenizer, and how messages become text. */
export interface EncodeOptions {
  encode: Encode;
  format: ChatFormatName | ChatFormat;
}

/** A tokenized conversation: `labels[i]` is `ids[i]` where it is to be learned, else -100. */
export interface EncodedConversation {
  ids: number[];
  labels: number[];
}

const IGNORE = -100;

/**
 * Token ids and labels of a conversation.
 *
 * @throws Error when no message is the assistant's (nothing to learn), when the tokenizer lacks a special token of the
 *   format, or when it recognizes one in a message's content
 */
export function encodeConversation(
  messages: readonly Message[],
  { encode, format }: EncodeOptions,
): EncodedConversation {
  const pieces = conversationPieces(messages, format);
  if (!pieces.some(({ learned }) => learned)) {
    throw new Error("encodeConversation: no message is the assistant's, so there is nothing to learn");
  }
  const encoded = encodePieces(pieces, encode, format);
  return {
    ids: encoded.flat(),
    labels: encoded.flatMap((ids, i) => (pieces[i]?.learned ? ids : ids.map(() => IGNORE))),
  };
}

/**
 * Token ids of a prompt: the conversation so far and the opening of the assistant's answer, token for token what
 * training put before an answer.
 *
 * @throws Error as `encodeConversation`, and when the last message is the assistant's
 */
export function encodePrompt(messages: readonly Message[], { encode, format }: EncodeOptions): number[] {
  return encodePieces(promptPieces(messages, format), encode, format).flat();
}

/**
 * The id at which generation stops: the token that ends the assistant's answer.
 * @throws Error when the format ends an answer with anything but one token
 */
export function chatStopId({ encode, format }: EncodeOptions): number {
  const { end } = chatFormat(format).roles.assistant;
  return singleId(end, encode);
}

function encodePieces(pieces: readonly Piece[], encode: Encode, format: ChatFormatName | ChatFormat): number[][] {
  const special = new Map(chatFormat(format).specialTokens.map((token) => [singleId(token, encode), token]));
  return pieces.map((piece) => {
    const ids = Array.from(encode(piece.text, { special: piece.special }));
    const intruder = piece.special ? undefined : ids.find((id) => special.has(id));
    if (intruder !== undefined) {
      throw new Error(
        `sft: the content ${JSON.stringify(piece.text.slice(0, 60))} became the special token ` +
          `${special.get(intruder)}; encode must not recognize special tokens when told { special: false }`,
      );
    }
    return ids;
  });
}

function singleId(token: string, encode: Encode): number {
  const ids = encode(token, { special: true });
  if (ids.length === 1) return ids[0] as number;
  throw new Error(
    `sft: the tokenizer does not hold ${token} as one special token (it gives ${ids.length}); train or extend it with chatSpecialTokens(format)`,
  );
}
