// Spans of a text are taken out and spelled out: T5's way, and UL2's mixture of seven.
//
// An encoder-decoder reads what is left and writes the spans; a decoder alone reads what is left as a prefix, in both
// directions, and goes on with the spans.

import { type Denoiser, denoise, type Mode, ul2Denoisers } from "@llm/denoisers";
import { type Objective, type Pair, pairAsSequence } from "@llm/objective";
import { corruptedLengths, noiseCounts } from "@llm/span-corruption";
import { UserError } from "../ui/error.js";
import type { LanguageModel, Learning, SpecialIds } from "./family.js";
import { prefixWriter, sequenceTask } from "./sequences.js";

const SENTINELS = 100;
const sentinel = (i: number): string => `<extra_id_${i}>`;
const modes: Readonly<Record<Mode, string>> = { R: "[NLU]", S: "[S2S]", X: "[NLG]" };

/** What starts the decoder and fills its rows. */
export const PAD = "<pad>";
/** What ends a text. */
export const END = "</s>";
/** As T5 has them, `<extra_id_0>` last. */
const sentinels = Array.from({ length: SENTINELS }, (_, i) => sentinel(SENTINELS - 1 - i));

/** A mixture of denoisers, of which one may be all. */
export interface Denoising {
  name: "span-corruption" | "ul2";
  /** In words. */
  objective: string;
  denoisers: readonly Readonly<Denoiser>[];
  specialTokens: readonly string[];
  /** Ids that the inputs of each mode begin with. */
  modeTokens(special: SpecialIds): Record<Mode, number> | undefined;
}

/** Spans of 3 tokens, 15 % of the text. */
export const spanCorruption: Denoising = {
  name: "span-corruption",
  objective: "span corruption",
  denoisers: ul2Denoisers.slice(0, 1),
  specialTokens: [PAD, END, ...sentinels],
  modeTokens: () => undefined,
};

/** UL2's seven, each named by the token that its inputs begin with. */
export const ul2: Denoising = {
  name: "ul2",
  objective: "mixture of denoisers",
  denoisers: ul2Denoisers,
  specialTokens: [...Object.values(modes), ...spanCorruption.specialTokens],
  modeTokens: (special) => {
    const id = (mode: Mode): number => special.get(modes[mode]) as number;
    return { R: id("R"), S: id("S"), X: id("X") };
  },
};

/** Ids that the corruption needs. */
export function idsOf(special: SpecialIds): { startId: number; endId: number; first: number } {
  const [startId, endId, first] = [PAD, END, sentinel(0)].map((name) => special.get(name) as number);
  return { startId, endId, first } as { startId: number; endId: number; first: number };
}

/** Turns a text into inputs and spans. */
export function corruption({ denoisers, modeTokens }: Denoising, special: SpecialIds): Objective<Pair> {
  const { startId, endId, first } = idsOf(special);
  const tokens = { startId, endId, sentinels: { first, count: SENTINELS }, modeTokens: modeTokens(special) };
  return (ids, random) => denoise(ids, { ...tokens, denoisers, random });
}

/** What asks for the continuation of a text: the inputs with a span taken out at their end. */
export function inputsToContinue({ modeTokens }: Denoising, ids: readonly number[], special: SpecialIds): number[] {
  const { endId, first } = idsOf(special);
  const mode = modeTokens(special)?.S;
  return [...(mode === undefined ? [] : [mode]), ...ids, first, endId];
}

/**
 * The longest text of which every denoiser makes inputs and targets that fit, with as many spans as there are sentinels.
 *
 * @param fits lengths of inputs, their mode included, and of targets
 * @throws UserError when the context is too short for any
 */
export function longestText(
  { denoisers, name }: Denoising,
  context: number,
  fits: (inputs: number, targets: number) => boolean,
): { tokens: number; targets: number } {
  const lengthsOf = (tokens: number): { inputs: number; targets: number }[] =>
    denoisers.map((each) => corruptedLengths(tokens, each));
  const possible = (tokens: number): boolean =>
    lengthsOf(tokens).every(({ inputs, targets }) => fits(inputs + (name === "ul2" ? 1 : 0), targets)) &&
    denoisers.every((each) => noiseCounts(tokens, each).spans <= SENTINELS);
  let tokens = 1;
  while (possible(tokens + 1)) tokens++;
  if (tokens < 2) throw new UserError(`--context ${context} is too short for ${name}`);
  return { tokens, targets: Math.max(...lengthsOf(tokens).map(({ targets }) => targets)) };
}

/** The form for a decoder alone. */
export function decoderDenoising(denoising: Denoising): Learning<LanguageModel> {
  const { name, objective, specialTokens } = denoising;
  return {
    name,
    specialTokens,
    prefix: true,
    task: (model, options) => {
      const { special, context } = options;
      const corrupt = corruption(denoising, special);
      return sequenceTask(model, options, {
        objective,
        // The last of the inputs predicts the first target, so the two share a place.
        textLength: longestText(denoising, context, (inputs, targets) => inputs + targets - 1 <= context).tokens,
        example: (ids, random) => pairAsSequence(corrupt(ids, random)),
        padId: idsOf(special).startId,
      });
    },
    writer: (model, ids, special) => {
      const { endId, first } = idsOf(special);
      const inputs = inputsToContinue(denoising, ids, special);
      return prefixWriter(model, [...inputs, first], { given: inputs.length, stop: [endId, first - 1] });
    },
  };
}
