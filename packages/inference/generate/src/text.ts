// Text in, pieces of text out: a tokenizer around `generate`.

import { type FinishReason, type GenerateOptions, generate } from "./generate.js";
import type { LanguageModel } from "./language-model.js";

/** What is needed of a tokenizer; `@llm/tokenizer`'s has it. */
export interface TextCodec {
  encode(text: string): ArrayLike<number>;
  /** Gives text as soon as it is complete: a character may take several tokens. */
  decodeStream(): { push(id: number): string; flush(): string };
}

/**
 * Yields the continuation of a prompt in pieces of complete characters, and returns why it ended.
 *
 * @param prompt as `tokenizer.encode` takes it
 * @param options as for `generate`
 * @throws Error as `generate` and the tokenizer
 */
export async function* generateText(
  model: LanguageModel,
  tokenizer: TextCodec,
  prompt: string,
  options: GenerateOptions,
): AsyncGenerator<string, FinishReason> {
  const stream = tokenizer.decodeStream();
  const ids = generate(model, tokenizer.encode(prompt), options);
  try {
    for (;;) {
      const { done, value } = await ids.next();
      const piece = done ? stream.flush() : stream.push(value);
      if (piece !== "") yield piece;
      if (done) return value;
    }
  } finally {
    await ids.return("stop");
  }
}
