import { Tokenizer as HuggingFace } from "@huggingface/tokenizers";
import { expect, test } from "vitest";
import { tokenizerJson } from "../bench/hf.js";
import { madeUp } from "../bench/text.js";
import { trainWordPiece, WordPiece } from "../src/index.js";

// `pnpm --filter @llm/wordpiece equal` is the long run, on real text too.
test("@huggingface/tokenizers gives the same ids, and decodes them the same", () => {
  const texts = Array.from({ length: 30 }, (_, seed) => madeUp(seed, 4000));
  const words = new Map<string, number>();
  for (const word of texts.slice(0, 15).join(" ").split(/\s+/)) words.set(word, (words.get(word) ?? 0) + 1);
  const vocabulary = trainWordPiece(words, { vocabSize: 4000, alphabetSize: 400, gain: "frequency" });
  const wordPiece = new WordPiece({ vocabulary });
  const peer = new HuggingFace(tokenizerJson(wordPiece), {});
  for (const text of texts) {
    const ids = wordPiece.encode(text);
    expect(ids).toEqual(peer.encode(text, { add_special_tokens: false }).ids);
    expect(wordPiece.decode(ids)).toBe(
      peer.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
    );
    const unknown = ids.filter((id) => id === 1).length;
    expect(unknown).toBeGreaterThan(0);
    expect(unknown).toBeLessThan(ids.length / 2);
  }
});
