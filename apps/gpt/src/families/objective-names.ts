/** What `--objective` takes; `objectives` of a family says which of them it can learn by. */
export const objectiveNames = [
  "causal",
  "prefix",
  "masked",
  "whole-word-masked",
  "span-corruption",
  "blank-infilling",
  "sentence-infilling",
  "ul2",
] as const;

/** One of them. */
export type ObjectiveName = (typeof objectiveNames)[number];
