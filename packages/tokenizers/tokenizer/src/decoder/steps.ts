// The steps of decoders that work on text. Source: the decoders of Hugging Face's tokenizers.

import { type Chunk, mapping, type StepMaker } from "./step.js";

/** WordPiece: "un ##want ##ed" becomes "unwanted", and with `cleanup` signs move to the word before them. */
export function wordPieceStep(prefix: string, cleanup: boolean): StepMaker {
  return mapping((token, first) => {
    const joined = first ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
    return cleanup ? tidy(joined) : joined;
  });
}

/** The rules of English that BERT's decoder has. */
function tidy(text: string): string {
  return text
    .replaceAll(" .", ".")
    .replaceAll(" ?", "?")
    .replaceAll(" !", "!")
    .replaceAll(" ,", ",")
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(" do not", " don't")
    .replaceAll(" 's", "'s")
    .replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re");
}

/** Metaspace: ▁ becomes a blank, but for one at the very beginning if encoding put one there. */
export function metaspaceStep(replacement: string, prepended: boolean): StepMaker {
  return mapping((token, first) => {
    const text = first && prepended && token.startsWith(replacement) ? token.slice(replacement.length) : token;
    return text.replaceAll(replacement, " ");
  });
}

/** BPEDecoder: `</w>` at a token's end becomes a blank, but for the last token, where it goes. */
export function suffixStep(suffix: string): StepMaker {
  return () => {
    let held: Chunk | undefined;
    const written = (chunk: Chunk, blank: string): Chunk => ({
      ...chunk,
      text: suffix === "" ? chunk.text : chunk.text.replaceAll(suffix, blank),
    });
    return {
      push: (chunk, emit) => {
        if (held) emit(written(held, " "));
        held = chunk;
      },
      end: (emit) => {
        if (held) emit(written(held, ""));
      },
    };
  };
}

/** CTC: the same token again and again is one; the padding token goes; the delimiter is a blank. */
export function ctcStep(padToken: string, delimiter: string, cleanup: boolean): StepMaker {
  return () => {
    let last: string | undefined;
    return {
      push: ({ text, added }, emit) => {
        const again = text === last;
        last = text;
        if (again) return;
        const kept = text.replaceAll(padToken, "");
        const written = cleanup ? tidy(kept).replaceAll(delimiter, " ") : kept;
        if (written !== "") emit({ text: written, added });
      },
      end: () => {},
    };
  };
}

/** Replace, in each token; after Fuse in the whole text, which is held back for it. */
export function replaceStep(replace: (text: string) => string): StepMaker {
  return (fused) => (fused ? atTheEnd(replace) : mapping(replace)(fused));
}

function atTheEnd(f: (text: string) => string): ReturnType<StepMaker> {
  let text = "";
  return {
    push: (chunk) => {
      text += chunk.text;
    },
    end: (emit) => emit({ text: f(text), added: false }),
  };
}

/** Strip: up to `start` times the character at the beginning, and `stop` times at the end, of each token or, after Fuse, of all. */
export function stripStep(content: string, start: number, stop: number): StepMaker {
  return (fused) => {
    if (!fused) return mapping((token) => strip(token, content, start, stop))(fused);
    if (stop > 0) return atTheEnd((text) => strip(text, content, start, stop));
    let left = start;
    return {
      push: ({ text, added }, emit) => {
        let at = 0;
        while (left > 0 && text.startsWith(content, at)) {
          at += content.length;
          left--;
        }
        if (at < text.length) left = 0;
        emit({ text: text.slice(at), added });
      },
      end: () => {},
    };
  };
}

function strip(text: string, content: string, start: number, stop: number): string {
  let [from, to] = [0, text.length];
  for (let i = 0; i < start && text.startsWith(content, from); i++) from += content.length;
  for (let i = 0; i < stop && to - content.length >= from && text.endsWith(content); i++) {
    if (text.slice(to - content.length, to) !== content) break;
    to -= content.length;
  }
  return text.slice(from, to);
}
