// Puts what the template says around one text or two, cut to the length that is asked for.

import { type Encoding, emptyEncoding, type Sequence } from "./encoding.js";
import type { PostProcessor, TemplateItem } from "./post-processor.js";
import { type Truncation, truncate } from "./truncation.js";

/** How texts become encodings. */
export interface AssembleOptions {
  postProcessor: PostProcessor;
  /** Whether the template's special tokens are put around. */
  addSpecialTokens: boolean;
  truncation: Truncation | undefined;
}

/** The encoding of one or two sequences. */
export function assemble(sequences: readonly Sequence[], options: AssembleOptions): Encoding {
  const { postProcessor, addSpecialTokens, truncation } = options;
  const whole = sequences.length === 1 ? postProcessor.single : postProcessor.pair;
  const template = addSpecialTokens ? whole : whole.filter((item) => "sequence" in item);
  if (!truncation) return fill(template, sequences);
  const added = template.reduce((sum, item) => sum + ("ids" in item ? item.ids.length : 0), 0);
  const [first = [], second] = truncate(sequences, truncation, truncation.maxLength - added);
  const [main, ...rest] = combinations(first, second).map((parts) => fill(template, parts));
  return { ...main!, overflowing: rest };
}

/** The first part of each comes first; then every other way to take a part of each. */
function combinations(first: readonly Sequence[], second: readonly Sequence[] | undefined): Sequence[][] {
  if (!second) return first.map((part) => [part]);
  const all = [...first.slice(1), first[0]!].flatMap((a) => second.map((b) => [a, b]));
  const main = all.findIndex(([a, b]) => a === first[0] && b === second[0]);
  return [all[main]!, ...all.slice(0, main), ...all.slice(main + 1)];
}

function fill(template: readonly TemplateItem[], sequences: readonly Sequence[]): Encoding {
  const encoding = emptyEncoding();
  for (const item of template) {
    if ("ids" in item) {
      const offsets = item.ids.map((): [number, number] => [0, 0]);
      append(encoding, { ids: item.ids, tokens: item.tokens, offsets }, item.typeId, null);
    } else append(encoding, sequences[item.sequence]!, item.typeId, item.sequence);
  }
  return encoding;
}

type Entries = { readonly [Key in keyof Sequence]: Readonly<Sequence[Key]> };

function append(to: Encoding, { ids, tokens, offsets }: Entries, typeId: number, sequence: 0 | 1 | null): void {
  for (let i = 0; i < ids.length; i++) {
    to.ids.push(ids[i]!);
    to.tokens.push(tokens[i]!);
    to.offsets.push(offsets[i]!);
    to.typeIds.push(typeId);
    to.attentionMask.push(1);
    to.specialTokensMask.push(sequence === null ? 1 : 0);
    to.sequenceIds.push(sequence);
  }
}
