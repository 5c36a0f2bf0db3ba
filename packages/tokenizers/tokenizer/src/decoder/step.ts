// A decoder as a chain of steps that text flows through, token by token: each takes chunks and hands chunks on.
//
// So decoding all at once and decoding a stream are one and the same, and a step holds back only what it must: half a
// character, or what it may yet have to strip.

/** A token's text, or what a step before made of it. */
export interface Chunk {
  text: string;
  /** An added token, which is written as it is and not in the model's way. */
  added: boolean;
}

export type Emit = (chunk: Chunk) => void;

/** One pass over tokens. */
export interface Step {
  push(chunk: Chunk, emit: Emit): void;
  /** Hands on what was held back. */
  end(emit: Emit): void;
}

/** A decoder: how tokens become text, and tokenizer.json's entry for it. */
export interface Decoder {
  readonly json: object | null;
  start(): Step;
  /** Whether tokens are bytes written as characters and nothing more is done, so that bytes may be joined instead. */
  readonly bytesOnly?: boolean;
}

/** Makes a step. `fused` says whether a step before joined all tokens to one text, of which chunks are parts. */
export type StepMaker = (fused: boolean) => Step;

/** A step that looks at one chunk alone; `first` is true for the first of all. */
export function mapping(f: (text: string, first: boolean, added: boolean) => string): StepMaker {
  return () => {
    let first = true;
    return {
      push: ({ text, added }, emit) => {
        emit({ text: f(text, first, added), added });
        first = false;
      },
      end: () => {},
    };
  };
}

/** One step after the other. */
export function chain(steps: readonly Step[]): Step {
  // What each step hands its chunks to; made anew when the last one changes.
  let emits: Emit[] = [];
  const through = (last: Emit): readonly Emit[] => {
    if (emits[steps.length] === last) return emits;
    const list = new Array<Emit>(steps.length + 1);
    list[steps.length] = last;
    for (let i = steps.length - 1; i >= 0; i--) list[i] = (chunk) => steps[i]!.push(chunk, list[i + 1]!);
    emits = list;
    return list;
  };
  return {
    push: (chunk, emit) => through(emit)[0]!(chunk),
    end: (emit) => {
      const list = through(emit);
      for (const [i, step] of steps.entries()) step.end(list[i + 1]!);
    },
  };
}

/** The text of all the tokens. */
export function decodeAll(decoder: Decoder, tokens: Iterable<Chunk>): string {
  const parts: string[] = [];
  const emit: Emit = ({ text }) => parts.push(text);
  const step = decoder.start();
  for (const token of tokens) step.push(token, emit);
  step.end(emit);
  return parts.join("");
}
